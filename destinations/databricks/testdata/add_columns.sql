ALTER TABLE `main`.`default`.`user_scores` ADD COLUMNS (`tenant` STRING, `user_id` BIGINT, `score` DOUBLE)
