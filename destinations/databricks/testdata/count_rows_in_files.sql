SELECT count(`_drt_row`) AS staged FROM (
  SELECT `_drt_row`, CAST(`c0` AS BIGINT) AS `c0`, CAST(`c1` AS DECIMAL(18,2)) AS `c1`, `c2` AS `c2`
  FROM parquet.`/Volumes/main/staging-area/drt/drt-staging-1.parquet`
) staged
