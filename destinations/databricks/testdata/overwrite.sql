INSERT OVERWRITE `main`.`default`.`user_scores` (`user_id`, `score`, `name`)
SELECT `c0`, `c1`, `c2`
FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057`
WHERE `_drt_row` IS NOT NULL
