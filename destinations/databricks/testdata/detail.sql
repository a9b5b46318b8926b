DESCRIBE DETAIL `main`.`default`.`user_scores`
