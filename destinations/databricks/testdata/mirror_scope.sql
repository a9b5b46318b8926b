MERGE INTO `main`.`default`.`user_scores` target
USING (
  SELECT *, ? AS `_drt`
  FROM (
    SELECT `_drt_row`, `c0`, `c1`, `c2`
    FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057`
    WHERE `_drt_row` IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY `c0`, `c1` ORDER BY `_drt_row` DESC NULLS LAST) = 1
    UNION ALL
    SELECT CAST(NULL AS BIGINT), `c0`, `c1`, CAST(NULL AS DOUBLE)
    FROM (
      SELECT DISTINCT target.`tenant` AS `c0`, target.`user_id` AS `c1`
      FROM `main`.`default`.`user_scores` target
      WHERE target.`tenant` IS NOT NULL AND target.`user_id` IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057` seen WHERE seen.`c0` = target.`tenant` AND seen.`c1` = target.`user_id`)
        AND EXISTS (SELECT 1 FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057` seen WHERE seen.`_drt_row` IS NOT NULL AND seen.`c0` <=> target.`tenant`)
    ) gone
  ) rows
) source
ON target.`tenant` = source.`c0` AND target.`user_id` = source.`c1`
WHEN MATCHED AND source.`_drt_row` IS NULL AND source.`_drt` = ? THEN DELETE
WHEN MATCHED AND source.`_drt_row` IS NOT NULL AND source.`_drt` = ? AND (target.`score` IS DISTINCT FROM source.`c2`) THEN UPDATE SET `score` = source.`c2`
WHEN NOT MATCHED AND source.`_drt_row` IS NOT NULL AND source.`_drt` = ? THEN INSERT (`tenant`, `user_id`, `score`) VALUES (source.`c0`, source.`c1`, source.`c2`)
-- ?1 string {"sync":"scores","run":"01890a5d-ac96-774b-bcce-b302099a8057"}
-- ?2 string {"sync":"scores","run":"01890a5d-ac96-774b-bcce-b302099a8057"}
-- ?3 string {"sync":"scores","run":"01890a5d-ac96-774b-bcce-b302099a8057"}
-- ?4 string {"sync":"scores","run":"01890a5d-ac96-774b-bcce-b302099a8057"}
