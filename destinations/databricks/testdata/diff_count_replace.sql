SELECT CAST(coalesce(sum(CASE WHEN copies > 0 THEN copies END), 0) AS BIGINT) AS inserted, CAST(coalesce(sum(CASE WHEN copies < 0 THEN -copies END), 0) AS BIGINT) AS deleted
FROM (
  SELECT v0, v1, v2, sum(side) AS copies
  FROM (
    SELECT CAST(source.`c0` AS STRING) AS v0, CAST(source.`c1` AS STRING) AS v1, CAST(source.`c2` AS STRING) AS v2, 1 AS side
    FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057` source
    WHERE source.`_drt_row` IS NOT NULL
    UNION ALL
    SELECT CAST(target.`user_id` AS STRING) AS v0, CAST(target.`score` AS STRING) AS v1, CAST(target.`name` AS STRING) AS v2, -1 AS side
    FROM `main`.`default`.`user_scores` target
  ) both
  GROUP BY v0, v1, v2
  HAVING sum(side) <> 0
) balance
