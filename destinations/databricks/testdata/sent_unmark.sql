UPDATE `main`.`default`.`__drt_keys_user_scores_7d84497cdb12d22f`
SET `gone_by` = NULL
WHERE `gone_by` = ?
-- ?1 string 01890a5d-ac96-774b-bcce-b302099a8057
