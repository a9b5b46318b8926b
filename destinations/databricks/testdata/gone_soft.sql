MERGE INTO `main`.`default`.`user_scores` target
USING (
  SELECT *, CAST(NULL AS BIGINT) AS `_drt_row`, ? AS `_drt`
  FROM (
    SELECT DISTINCT target.`user_id` AS `c0`
    FROM `main`.`default`.`user_scores` target
    WHERE target.`user_id` IS NOT NULL
      AND target.`_drt_deleted_at` IS NULL
  ) gone
) source
ON target.`user_id` = source.`c0`
WHEN MATCHED AND source.`_drt_row` IS NULL AND source.`_drt` = ? THEN UPDATE SET `_drt_deleted_at` = CAST(? AS TIMESTAMP)
-- ?1 string {"sync":"scores","run":"01890a5d-ac96-774b-bcce-b302099a8057"}
-- ?2 string {"sync":"scores","run":"01890a5d-ac96-774b-bcce-b302099a8057"}
-- ?3 string 2026-11-21T12:00:00.000001Z
