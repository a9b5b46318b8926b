SELECT * FROM (
  SELECT 'insert' AS change, source.`_drt_row` AS place, CAST(NULL AS STRING) AS o0, CAST(source.`c0` AS STRING) AS n0, CAST(NULL AS STRING) AS o1, CAST(source.`c1` AS STRING) AS n1, CAST(NULL AS STRING) AS o2, CAST(source.`c2` AS STRING) AS n2
  FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057` source
  WHERE source.`_drt_row` IS NOT NULL
  ORDER BY place
  LIMIT 20
) part0
UNION ALL
SELECT * FROM (
  SELECT 'delete' AS change, CAST(NULL AS BIGINT) AS place, CAST(target.`user_id` AS STRING) AS o0, CAST(NULL AS STRING) AS n0, CAST(target.`score` AS STRING) AS o1, CAST(NULL AS STRING) AS n1, CAST(target.`name` AS STRING) AS o2, CAST(NULL AS STRING) AS n2
  FROM `main`.`default`.`user_scores` target
  WHERE (name = 'Ada' OR score > 1)
  ORDER BY o0, o1, o2
  LIMIT 20
) part1
