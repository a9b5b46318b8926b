INSERT OVERWRITE `my-catalog`.`select`.`Zeit``schrift ü` (`k```, `a``b; DROP TABLE x--`)
SELECT `c0`, `c1`
FROM (
  SELECT `_drt_row`, `c0` AS `c0`, CAST(`c1` AS INT) AS `c1`
  FROM parquet.`/Volumes/main/staging-area/drt/drt-staging-1.parquet`
) staged
WHERE `_drt_row` IS NOT NULL
