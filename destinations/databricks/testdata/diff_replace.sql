SELECT * FROM (
  SELECT 'insert' AS change, CAST(abs(copies) AS BIGINT) AS place, CAST(NULL AS STRING) AS o0, v0 AS n0, CAST(NULL AS STRING) AS o1, v1 AS n1, CAST(NULL AS STRING) AS o2, v2 AS n2
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
  WHERE copies > 0
  ORDER BY n0, n1, n2
  LIMIT 20
) part0
UNION ALL
SELECT * FROM (
  SELECT 'delete' AS change, CAST(abs(copies) AS BIGINT) AS place, v0 AS o0, CAST(NULL AS STRING) AS n0, v1 AS o1, CAST(NULL AS STRING) AS n1, v2 AS o2, CAST(NULL AS STRING) AS n2
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
  WHERE copies < 0
  ORDER BY o0, o1, o2
  LIMIT 20
) part1
