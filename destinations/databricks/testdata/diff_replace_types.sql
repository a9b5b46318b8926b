SELECT * FROM (
  SELECT 'insert' AS change, CAST(abs(copies) AS BIGINT) AS place, CAST(NULL AS STRING) AS o0, v0 AS n0, CAST(NULL AS STRING) AS o1, v1 AS n1, CAST(NULL AS STRING) AS o2, v2 AS n2, CAST(NULL AS STRING) AS o3, v3 AS n3, CAST(NULL AS STRING) AS o4, v4 AS n4, CAST(NULL AS STRING) AS o5, v5 AS n5, CAST(NULL AS STRING) AS o6, v6 AS n6, CAST(NULL AS STRING) AS o7, v7 AS n7, CAST(NULL AS STRING) AS o8, v8 AS n8, CAST(NULL AS STRING) AS o9, v9 AS n9, CAST(NULL AS STRING) AS o10, v10 AS n10, CAST(NULL AS STRING) AS o11, v11 AS n11, CAST(NULL AS STRING) AS o12, v12 AS n12
  FROM (
    SELECT v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, v12, sum(side) AS copies
    FROM (
      SELECT CAST(source.`c0` AS STRING) AS v0, CAST(source.`c1` AS STRING) AS v1, CAST(source.`c2` AS STRING) AS v2, CAST(source.`c3` AS STRING) AS v3, CAST(source.`c4` AS STRING) AS v4, hex(source.`c5`) AS v5, CAST(source.`c6` AS STRING) AS v6, CAST(source.`c7` AS STRING) AS v7, CAST(source.`c8` AS STRING) AS v8, to_json(source.`c9`) AS v9, to_json(source.`c10`) AS v10, to_json(source.`c11`) AS v11, to_json(source.`c12`) AS v12, 1 AS side
      FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057` source
      WHERE source.`_drt_row` IS NOT NULL
      UNION ALL
      SELECT CAST(target.`id` AS STRING) AS v0, CAST(target.`b` AS STRING) AS v1, CAST(target.`t` AS STRING) AS v2, CAST(target.`f` AS STRING) AS v3, CAST(target.`v` AS STRING) AS v4, hex(target.`bin`) AS v5, CAST(target.`d` AS STRING) AS v6, CAST(target.`ts` AS STRING) AS v7, CAST(target.`ntz` AS STRING) AS v8, to_json(target.`arr`) AS v9, to_json(target.`m`) AS v10, to_json(target.`st`) AS v11, to_json(target.`va`) AS v12, -1 AS side
      FROM `main`.`default`.`user_scores` target
    ) both
    GROUP BY v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, v12
    HAVING sum(side) <> 0
  ) balance
  WHERE copies > 0
  ORDER BY n0, n1, n2, n3, n4, n5, n6, n7, n8, n9, n10, n11, n12
  LIMIT 20
) part0
UNION ALL
SELECT * FROM (
  SELECT 'delete' AS change, CAST(abs(copies) AS BIGINT) AS place, v0 AS o0, CAST(NULL AS STRING) AS n0, v1 AS o1, CAST(NULL AS STRING) AS n1, v2 AS o2, CAST(NULL AS STRING) AS n2, v3 AS o3, CAST(NULL AS STRING) AS n3, v4 AS o4, CAST(NULL AS STRING) AS n4, v5 AS o5, CAST(NULL AS STRING) AS n5, v6 AS o6, CAST(NULL AS STRING) AS n6, v7 AS o7, CAST(NULL AS STRING) AS n7, v8 AS o8, CAST(NULL AS STRING) AS n8, v9 AS o9, CAST(NULL AS STRING) AS n9, v10 AS o10, CAST(NULL AS STRING) AS n10, v11 AS o11, CAST(NULL AS STRING) AS n11, v12 AS o12, CAST(NULL AS STRING) AS n12
  FROM (
    SELECT v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, v12, sum(side) AS copies
    FROM (
      SELECT CAST(source.`c0` AS STRING) AS v0, CAST(source.`c1` AS STRING) AS v1, CAST(source.`c2` AS STRING) AS v2, CAST(source.`c3` AS STRING) AS v3, CAST(source.`c4` AS STRING) AS v4, hex(source.`c5`) AS v5, CAST(source.`c6` AS STRING) AS v6, CAST(source.`c7` AS STRING) AS v7, CAST(source.`c8` AS STRING) AS v8, to_json(source.`c9`) AS v9, to_json(source.`c10`) AS v10, to_json(source.`c11`) AS v11, to_json(source.`c12`) AS v12, 1 AS side
      FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057` source
      WHERE source.`_drt_row` IS NOT NULL
      UNION ALL
      SELECT CAST(target.`id` AS STRING) AS v0, CAST(target.`b` AS STRING) AS v1, CAST(target.`t` AS STRING) AS v2, CAST(target.`f` AS STRING) AS v3, CAST(target.`v` AS STRING) AS v4, hex(target.`bin`) AS v5, CAST(target.`d` AS STRING) AS v6, CAST(target.`ts` AS STRING) AS v7, CAST(target.`ntz` AS STRING) AS v8, to_json(target.`arr`) AS v9, to_json(target.`m`) AS v10, to_json(target.`st`) AS v11, to_json(target.`va`) AS v12, -1 AS side
      FROM `main`.`default`.`user_scores` target
    ) both
    GROUP BY v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, v12
    HAVING sum(side) <> 0
  ) balance
  WHERE copies < 0
  ORDER BY o0, o1, o2, o3, o4, o5, o6, o7, o8, o9, o10, o11, o12
  LIMIT 20
) part1
