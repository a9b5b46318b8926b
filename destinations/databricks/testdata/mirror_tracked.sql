MERGE INTO `main`.`default`.`user_scores` target
USING (
  SELECT *, ? AS `_drt`
  FROM (
    SELECT `_drt_row`, `c0`, `c1`, `c2`
    FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057`
    WHERE `_drt_row` IS NOT NULL
    UNION ALL
    SELECT CAST(NULL AS BIGINT), `c0`, `c1`, CAST(NULL AS DOUBLE)
    FROM (
      SELECT `k0` AS `c0`, `k1` AS `c1`
      FROM `main`.`default`.`__drt_keys_user_scores_7d84497cdb12d22f`
      WHERE `gone_by` = ?
    ) gone
  ) rows
) source
ON target.`tenant` = source.`c0` AND target.`user_id` = source.`c1`
WHEN MATCHED AND source.`_drt_row` IS NULL AND source.`_drt` = ? THEN DELETE
WHEN MATCHED AND source.`_drt_row` IS NOT NULL AND source.`_drt` = ? AND (target.`score` IS DISTINCT FROM source.`c2`) THEN UPDATE SET `score` = source.`c2`
WHEN NOT MATCHED AND source.`_drt_row` IS NOT NULL AND source.`_drt` = ? THEN INSERT (`tenant`, `user_id`, `score`) VALUES (source.`c0`, source.`c1`, source.`c2`)
-- ?1 string {"sync":"scores","run":"01890a5d-ac96-774b-bcce-b302099a8057"}
-- ?2 string 01890a5d-ac96-774b-bcce-b302099a8057
-- ?3 string {"sync":"scores","run":"01890a5d-ac96-774b-bcce-b302099a8057"}
-- ?4 string {"sync":"scores","run":"01890a5d-ac96-774b-bcce-b302099a8057"}
-- ?5 string {"sync":"scores","run":"01890a5d-ac96-774b-bcce-b302099a8057"}
