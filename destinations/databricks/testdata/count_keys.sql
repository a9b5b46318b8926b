SELECT CAST(coalesce(sum(n), 0) AS BIGINT) AS staged, count(CASE WHEN n > 0 THEN 1 END) AS different, CAST(coalesce(sum(m - n), 0) AS BIGINT) AS key_only
FROM (
  SELECT count(*) AS m, count(`_drt_row`) AS n
  FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057`
  GROUP BY `c0`
) per_key
