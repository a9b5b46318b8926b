ALTER TABLE `main`.`default`.`user_scores` ALTER COLUMN `user_id` TYPE BIGINT
