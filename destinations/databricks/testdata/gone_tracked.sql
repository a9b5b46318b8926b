MERGE INTO `main`.`default`.`user_scores` target
USING (
  SELECT *, CAST(NULL AS BIGINT) AS `_drt_row`, ? AS `_drt`
  FROM (
    SELECT `k0` AS `c0`, `k1` AS `c1`
    FROM `main`.`default`.`__drt_keys_user_scores_7d84497cdb12d22f`
    WHERE `gone_by` = ?
  ) gone
) source
ON target.`tenant` = source.`c0` AND target.`user_id` = source.`c1`
WHEN MATCHED AND source.`_drt_row` IS NULL AND source.`_drt` = ? THEN DELETE
-- ?1 string {"sync":"scores","run":"01890a5d-ac96-774b-bcce-b302099a8057"}
-- ?2 string 01890a5d-ac96-774b-bcce-b302099a8057
-- ?3 string {"sync":"scores","run":"01890a5d-ac96-774b-bcce-b302099a8057"}
