RESTORE TABLE `main`.`default`.`user_scores` TO VERSION AS OF 0
