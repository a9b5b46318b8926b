SHOW TABLES IN `main`.`default` LIKE '__drt_staging_*'
