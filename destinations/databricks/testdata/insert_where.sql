INSERT INTO `main`.`default`.`user_scores` BY NAME
REPLACE WHERE (name = 'Ada' OR score > 1)
SELECT `c0` AS `user_id`, `c1` AS `score`, `c2` AS `name`
FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057`
WHERE `_drt_row` IS NOT NULL
