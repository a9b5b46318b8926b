CREATE TABLE IF NOT EXISTS `main`.`default`.`user_scores` (
  `tenant` STRING NOT NULL,
  `user_id` BIGINT NOT NULL,
  `score` DOUBLE
) USING DELTA
