DESCRIBE TABLE `main`.`default`.`user_scores`
