MERGE INTO `main`.`default`.`user_scores` target
USING (
  SELECT *, ? AS `_drt`
  FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057`
  QUALIFY row_number() OVER (PARTITION BY `c0` ORDER BY `_drt_row` DESC NULLS LAST) = 1
) source
ON target.`user_id` = source.`c0`
WHEN MATCHED AND source.`_drt_row` IS NOT NULL AND source.`_drt` = ? AND (target.`score` IS DISTINCT FROM source.`c1` OR target.`name` IS DISTINCT FROM source.`c2`) THEN UPDATE SET `score` = source.`c1`, `name` = source.`c2`
WHEN NOT MATCHED AND source.`_drt_row` IS NOT NULL AND source.`_drt` = ? THEN INSERT (`user_id`, `score`, `name`) VALUES (source.`c0`, source.`c1`, source.`c2`)
WHEN NOT MATCHED BY SOURCE AND target.`user_id` IS NOT NULL THEN DELETE
-- ?1 string {"sync":"scores","run":"01890a5d-ac96-774b-bcce-b302099a8057"}
-- ?2 string {"sync":"scores","run":"01890a5d-ac96-774b-bcce-b302099a8057"}
-- ?3 string {"sync":"scores","run":"01890a5d-ac96-774b-bcce-b302099a8057"}
