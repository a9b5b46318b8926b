SELECT staged, total
FROM (
  SELECT count(`_drt_row`) AS staged FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057`
) n0
CROSS JOIN (
  SELECT count(*) AS total FROM `main`.`default`.`user_scores`
) n1
