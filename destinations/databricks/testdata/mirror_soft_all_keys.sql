MERGE INTO `main`.`default`.`user_scores` target
USING (
  SELECT *, ? AS `_drt`
  FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057`
  WHERE `_drt_row` IS NOT NULL
) source
ON target.`tenant` = source.`c0` AND target.`user_id` = source.`c1`
WHEN MATCHED AND source.`_drt` = ? AND (target.`_drt_deleted_at` IS NOT NULL) THEN UPDATE SET `_drt_deleted_at` = NULL
WHEN NOT MATCHED AND source.`_drt` = ? THEN INSERT (`tenant`, `user_id`) VALUES (source.`c0`, source.`c1`)
-- ?1 string {"sync":"scores","run":"01890a5d-ac96-774b-bcce-b302099a8057"}
-- ?2 string {"sync":"scores","run":"01890a5d-ac96-774b-bcce-b302099a8057"}
-- ?3 string {"sync":"scores","run":"01890a5d-ac96-774b-bcce-b302099a8057"}
