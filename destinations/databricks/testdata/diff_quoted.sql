SELECT * FROM (
  SELECT 'insert' AS change, source.`_drt_row` AS place, CAST(NULL AS STRING) AS o0, CAST(source.`c0` AS STRING) AS n0, CAST(NULL AS STRING) AS o1, CAST(source.`c1` AS STRING) AS n1
  FROM (
    SELECT *
    FROM `my-catalog`.`select`.`__drt_staging_Zeit``schrift ü_01890a5dac96774bbcceb302099a8057`
    WHERE `_drt_row` IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY `c0` ORDER BY `_drt_row` DESC NULLS LAST) = 1
  ) source
  LEFT JOIN `my-catalog`.`select`.`Zeit``schrift ü` target ON target.`k``` = source.`c0`
  WHERE target.`k``` IS NULL
  ORDER BY place
  LIMIT 20
) part0
UNION ALL
SELECT * FROM (
  SELECT 'update' AS change, source.`_drt_row` AS place, CAST(target.`k``` AS STRING) AS o0, CAST(source.`c0` AS STRING) AS n0, CAST(target.`a``b; DROP TABLE x--` AS STRING) AS o1, CAST(source.`c1` AS STRING) AS n1
  FROM (
    SELECT *
    FROM `my-catalog`.`select`.`__drt_staging_Zeit``schrift ü_01890a5dac96774bbcceb302099a8057`
    WHERE `_drt_row` IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY `c0` ORDER BY `_drt_row` DESC NULLS LAST) = 1
  ) source
  JOIN `my-catalog`.`select`.`Zeit``schrift ü` target ON target.`k``` = source.`c0`
  WHERE target.`a``b; DROP TABLE x--` IS DISTINCT FROM source.`c1`
  ORDER BY place
  LIMIT 20
) part1
UNION ALL
SELECT * FROM (
  SELECT 'delete' AS change, CAST(NULL AS BIGINT) AS place, CAST(target.`k``` AS STRING) AS o0, CAST(NULL AS STRING) AS n0, CAST(target.`a``b; DROP TABLE x--` AS STRING) AS o1, CAST(NULL AS STRING) AS n1
  FROM `my-catalog`.`select`.`Zeit``schrift ü` target
  WHERE target.`k``` IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM `my-catalog`.`select`.`__drt_staging_Zeit``schrift ü_01890a5dac96774bbcceb302099a8057` seen WHERE seen.`c0` = target.`k```)
  ORDER BY target.`k```
  LIMIT 20
) part2
