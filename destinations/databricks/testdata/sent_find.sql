SHOW TABLES IN `main`.`default` LIKE '__drt_keys_user_scores_7d84497cdb12d22f'
