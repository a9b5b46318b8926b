CREATE TABLE IF NOT EXISTS `main`.`default`.`user_scores` (
  `user_id` BIGINT NOT NULL,
  `score` DECIMAL(18,2),
  `name` STRING,
  `_drt_synced_at` TIMESTAMP,
  `_drt_run_id` STRING,
  `_drt_deleted_at` TIMESTAMP
) USING DELTA
CLUSTER BY (`user_id`)
COMMENT 'it\'s drt\'s'
TBLPROPERTIES ('a' = 'b', 'delta.enableChangeDataFeed' = 'true')
