UPDATE `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057`
SET `_drt_row` = NULL
WHERE `_drt_row` IN (7, 4711)
