MERGE INTO `main`.`default`.`user_scores` target
USING (
  SELECT *, ? AS `_drt`
  FROM (
    SELECT `_drt_row`, `c0`, `c1`, `c2`
    FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057`
    WHERE `_drt_row` IS NOT NULL
    UNION ALL
    SELECT CAST(NULL AS BIGINT), `c0`, CAST(NULL AS DECIMAL(18,2)), CAST(NULL AS STRING)
    FROM (
      SELECT DISTINCT target.`user_id` AS `c0`
      FROM `main`.`default`.`user_scores` target
      WHERE target.`user_id` IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057` seen WHERE seen.`c0` = target.`user_id`)
        AND target.`_drt_deleted_at` IS NULL
    ) gone
  ) rows
) source
ON target.`user_id` = source.`c0`
WHEN MATCHED AND source.`_drt_row` IS NULL AND source.`_drt` = ? THEN UPDATE SET `_drt_deleted_at` = CAST(? AS TIMESTAMP)
WHEN MATCHED AND source.`_drt_row` IS NOT NULL AND source.`_drt` = ? AND (target.`_drt_deleted_at` IS NOT NULL OR target.`score` IS DISTINCT FROM source.`c1` OR target.`name` IS DISTINCT FROM source.`c2`) THEN UPDATE SET `score` = source.`c1`, `name` = source.`c2`, `_drt_deleted_at` = NULL
WHEN NOT MATCHED AND source.`_drt_row` IS NOT NULL AND source.`_drt` = ? THEN INSERT (`user_id`, `score`, `name`) VALUES (source.`c0`, source.`c1`, source.`c2`)
-- ?1 string {"sync":"scores","run":"01890a5d-ac96-774b-bcce-b302099a8057"}
-- ?2 string {"sync":"scores","run":"01890a5d-ac96-774b-bcce-b302099a8057"}
-- ?3 string 2026-11-21T12:00:00.000001Z
-- ?4 string {"sync":"scores","run":"01890a5d-ac96-774b-bcce-b302099a8057"}
-- ?5 string {"sync":"scores","run":"01890a5d-ac96-774b-bcce-b302099a8057"}
