INSERT OVERWRITE `main`.`default`.`user_scores` (`user_id`, `score`, `name`)
SELECT `user_id`, `score`, `name`
FROM `main`.`default`.`user_scores`
WHERE 1 = 0
