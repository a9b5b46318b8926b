SHOW CREATE TABLE `main`.`default`.`user_scores`
