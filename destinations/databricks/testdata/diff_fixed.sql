SELECT * FROM (
  SELECT 'insert' AS change, source.`_drt_row` AS place, CAST(NULL AS STRING) AS o0, rtrim(source.`c0`) AS n0, CAST(NULL AS STRING) AS o1, CAST(source.`c1` AS STRING) AS n1
  FROM (
    SELECT *
    FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057`
    WHERE `_drt_row` IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY `c0` ORDER BY `_drt_row` DESC NULLS LAST) = 1
  ) source
  LEFT JOIN `main`.`default`.`user_scores` target ON target.`code` = source.`c0`
  WHERE target.`code` IS NULL
  ORDER BY place
  LIMIT 20
) part0
UNION ALL
SELECT * FROM (
  SELECT 'update' AS change, source.`_drt_row` AS place, rtrim(target.`code`) AS o0, rtrim(source.`c0`) AS n0, CAST(target.`name` AS STRING) AS o1, CAST(source.`c1` AS STRING) AS n1
  FROM (
    SELECT *
    FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057`
    WHERE `_drt_row` IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY `c0` ORDER BY `_drt_row` DESC NULLS LAST) = 1
  ) source
  JOIN `main`.`default`.`user_scores` target ON target.`code` = source.`c0`
  WHERE target.`name` IS DISTINCT FROM source.`c1`
  ORDER BY place
  LIMIT 20
) part1
