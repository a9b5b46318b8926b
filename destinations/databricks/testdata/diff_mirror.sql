SELECT * FROM (
  SELECT 'insert' AS change, source.`_drt_row` AS place, CAST(NULL AS STRING) AS o0, CAST(source.`c0` AS STRING) AS n0, CAST(NULL AS STRING) AS o1, CAST(source.`c1` AS STRING) AS n1, CAST(NULL AS STRING) AS o2, CAST(source.`c2` AS STRING) AS n2
  FROM (
    SELECT *
    FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057`
    WHERE `_drt_row` IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY `c0`, `c1` ORDER BY `_drt_row` DESC NULLS LAST) = 1
  ) source
  LEFT JOIN `main`.`default`.`user_scores` target ON target.`tenant` = source.`c0` AND target.`user_id` = source.`c1`
  WHERE target.`tenant` IS NULL
  ORDER BY place
  LIMIT 20
) part0
UNION ALL
SELECT * FROM (
  SELECT 'update' AS change, source.`_drt_row` AS place, CAST(target.`tenant` AS STRING) AS o0, CAST(source.`c0` AS STRING) AS n0, CAST(target.`user_id` AS STRING) AS o1, CAST(source.`c1` AS STRING) AS n1, CAST(target.`score` AS STRING) AS o2, CAST(source.`c2` AS STRING) AS n2
  FROM (
    SELECT *
    FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057`
    WHERE `_drt_row` IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY `c0`, `c1` ORDER BY `_drt_row` DESC NULLS LAST) = 1
  ) source
  JOIN `main`.`default`.`user_scores` target ON target.`tenant` = source.`c0` AND target.`user_id` = source.`c1`
  WHERE target.`score` IS DISTINCT FROM source.`c2`
  ORDER BY place
  LIMIT 20
) part1
UNION ALL
SELECT * FROM (
  SELECT 'delete' AS change, CAST(NULL AS BIGINT) AS place, CAST(target.`tenant` AS STRING) AS o0, CAST(NULL AS STRING) AS n0, CAST(target.`user_id` AS STRING) AS o1, CAST(NULL AS STRING) AS n1, CAST(target.`score` AS STRING) AS o2, CAST(NULL AS STRING) AS n2
  FROM `main`.`default`.`user_scores` target
  WHERE target.`tenant` IS NOT NULL AND target.`user_id` IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057` seen WHERE seen.`c0` = target.`tenant` AND seen.`c1` = target.`user_id`)
  ORDER BY target.`tenant`, target.`user_id`
  LIMIT 20
) part2
