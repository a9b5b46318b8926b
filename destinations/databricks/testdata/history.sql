DESCRIBE HISTORY `main`.`default`.`user_scores` LIMIT 1
