DELETE FROM `main`.`default`.`__drt_keys_user_scores_7d84497cdb12d22f`
WHERE `gone_by` IS NOT NULL
