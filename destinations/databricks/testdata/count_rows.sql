SELECT count(`_drt_row`) AS staged FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057`
