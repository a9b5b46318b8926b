CREATE TABLE `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057` USING DELTA AS
SELECT `_drt_row`, CAST(`c0` AS BIGINT) AS `c0`, CAST(`c1` AS DECIMAL(18,2)) AS `c1`, `c2` AS `c2`
FROM parquet.`/Volumes/main/staging-area/drt/drt-staging-1.parquet`
