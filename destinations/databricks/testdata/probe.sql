INSERT INTO `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057_probe` (`user_id`, `score`, `name`)
SELECT `c0`, `c1`, `c2`
FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057`
WHERE `_drt_row` >= 512 AND `_drt_row` < 1024
