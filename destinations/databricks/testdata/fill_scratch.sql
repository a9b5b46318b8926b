INSERT INTO `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057` (`_drt_row`, `c0`, `c1`)
SELECT `_drt_row`, `c0` AS `c0`, `c1` AS `c1`
FROM parquet.`/Volumes/main/staging-area/drt/drt-staging-1.parquet`
