INSERT INTO `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057_probe` (`user_id`, `score`, `name`, `_drt_synced_at`, `_drt_run_id`)
SELECT `c0`, `c1`, `c2`, CAST(? AS TIMESTAMP), CAST(? AS STRING)
FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057`
WHERE `_drt_row` >= 0 AND `_drt_row` < 2
-- ?1 string 2026-11-21T12:00:00.000001Z
-- ?2 string 01890a5d-ac96-774b-bcce-b302099a8057
