SELECT * FROM (
  SELECT 'insert' AS change, source.`_drt_row` AS place, CAST(NULL AS STRING) AS o0, CAST(source.`c0` AS STRING) AS n0, CAST(NULL AS STRING) AS o1, CAST(source.`c1` AS STRING) AS n1, CAST(NULL AS STRING) AS o2, CAST(source.`c2` AS STRING) AS n2, CAST(NULL AS STRING) AS o3, CAST(source.`c3` AS STRING) AS n3, CAST(NULL AS STRING) AS o4, CAST(source.`c4` AS STRING) AS n4, CAST(NULL AS STRING) AS o5, hex(source.`c5`) AS n5, CAST(NULL AS STRING) AS o6, CAST(source.`c6` AS STRING) AS n6, CAST(NULL AS STRING) AS o7, CAST(source.`c7` AS STRING) AS n7, CAST(NULL AS STRING) AS o8, CAST(source.`c8` AS STRING) AS n8, CAST(NULL AS STRING) AS o9, to_json(source.`c9`) AS n9, CAST(NULL AS STRING) AS o10, to_json(source.`c10`) AS n10, CAST(NULL AS STRING) AS o11, to_json(source.`c11`) AS n11, CAST(NULL AS STRING) AS o12, to_json(source.`c12`) AS n12
  FROM (
    SELECT *
    FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057`
    WHERE `_drt_row` IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY `c0` ORDER BY `_drt_row` DESC NULLS LAST) = 1
  ) source
  LEFT JOIN `main`.`default`.`user_scores` target ON target.`id` = source.`c0`
  WHERE target.`id` IS NULL
  ORDER BY place
  LIMIT 20
) part0
UNION ALL
SELECT * FROM (
  SELECT 'update' AS change, source.`_drt_row` AS place, CAST(target.`id` AS STRING) AS o0, CAST(source.`c0` AS STRING) AS n0, CAST(target.`b` AS STRING) AS o1, CAST(source.`c1` AS STRING) AS n1, CAST(target.`t` AS STRING) AS o2, CAST(source.`c2` AS STRING) AS n2, CAST(target.`f` AS STRING) AS o3, CAST(source.`c3` AS STRING) AS n3, CAST(target.`v` AS STRING) AS o4, CAST(source.`c4` AS STRING) AS n4, hex(target.`bin`) AS o5, hex(source.`c5`) AS n5, CAST(target.`d` AS STRING) AS o6, CAST(source.`c6` AS STRING) AS n6, CAST(target.`ts` AS STRING) AS o7, CAST(source.`c7` AS STRING) AS n7, CAST(target.`ntz` AS STRING) AS o8, CAST(source.`c8` AS STRING) AS n8, to_json(target.`arr`) AS o9, to_json(source.`c9`) AS n9, to_json(target.`m`) AS o10, to_json(source.`c10`) AS n10, to_json(target.`st`) AS o11, to_json(source.`c11`) AS n11, to_json(target.`va`) AS o12, to_json(source.`c12`) AS n12
  FROM (
    SELECT *
    FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057`
    WHERE `_drt_row` IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY `c0` ORDER BY `_drt_row` DESC NULLS LAST) = 1
  ) source
  JOIN `main`.`default`.`user_scores` target ON target.`id` = source.`c0`
  WHERE target.`b` IS DISTINCT FROM source.`c1` OR target.`t` IS DISTINCT FROM source.`c2` OR target.`f` IS DISTINCT FROM source.`c3` OR target.`v` IS DISTINCT FROM source.`c4` OR target.`bin` IS DISTINCT FROM source.`c5` OR target.`d` IS DISTINCT FROM source.`c6` OR target.`ts` IS DISTINCT FROM source.`c7` OR target.`ntz` IS DISTINCT FROM source.`c8` OR target.`arr` IS DISTINCT FROM source.`c9` OR array_sort(map_entries(target.`m`)) IS DISTINCT FROM array_sort(map_entries(source.`c10`)) OR target.`st` IS DISTINCT FROM source.`c11` OR to_json(target.`va`) IS DISTINCT FROM to_json(source.`c12`)
  ORDER BY place
  LIMIT 20
) part1
UNION ALL
SELECT * FROM (
  SELECT 'delete' AS change, CAST(NULL AS BIGINT) AS place, CAST(target.`id` AS STRING) AS o0, CAST(NULL AS STRING) AS n0, CAST(target.`b` AS STRING) AS o1, CAST(NULL AS STRING) AS n1, CAST(target.`t` AS STRING) AS o2, CAST(NULL AS STRING) AS n2, CAST(target.`f` AS STRING) AS o3, CAST(NULL AS STRING) AS n3, CAST(target.`v` AS STRING) AS o4, CAST(NULL AS STRING) AS n4, hex(target.`bin`) AS o5, CAST(NULL AS STRING) AS n5, CAST(target.`d` AS STRING) AS o6, CAST(NULL AS STRING) AS n6, CAST(target.`ts` AS STRING) AS o7, CAST(NULL AS STRING) AS n7, CAST(target.`ntz` AS STRING) AS o8, CAST(NULL AS STRING) AS n8, to_json(target.`arr`) AS o9, CAST(NULL AS STRING) AS n9, to_json(target.`m`) AS o10, CAST(NULL AS STRING) AS n10, to_json(target.`st`) AS o11, CAST(NULL AS STRING) AS n11, to_json(target.`va`) AS o12, CAST(NULL AS STRING) AS n12
  FROM `main`.`default`.`user_scores` target
  WHERE target.`id` IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057` seen WHERE seen.`c0` = target.`id`)
  ORDER BY target.`id`
  LIMIT 20
) part2
