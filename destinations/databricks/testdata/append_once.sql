MERGE INTO `main`.`default`.`user_scores` target
USING (
  SELECT *, ? AS `_drt`, CAST(? AS TIMESTAMP) AS `_drt_m0`, CAST(? AS STRING) AS `_drt_m1`
  FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057`
  WHERE `_drt_row` IS NOT NULL
) source
ON false
WHEN NOT MATCHED AND source.`_drt` = ? THEN INSERT (`user_id`, `score`, `name`, `_drt_synced_at`, `_drt_run_id`) VALUES (source.`c0`, source.`c1`, source.`c2`, source.`_drt_m0`, source.`_drt_m1`)
-- ?1 string {"sync":"scores","run":"01890a5d-ac96-774b-bcce-b302099a8057"}
-- ?2 string 2026-11-21T12:00:00.000001Z
-- ?3 string 01890a5d-ac96-774b-bcce-b302099a8057
-- ?4 string {"sync":"scores","run":"01890a5d-ac96-774b-bcce-b302099a8057"}
