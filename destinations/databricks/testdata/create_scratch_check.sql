CREATE TABLE `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057` (
  `_drt_row` BIGINT
) USING DELTA
