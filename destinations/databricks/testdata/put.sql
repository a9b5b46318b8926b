PUT '/tmp/it\'s \\ here/1.parquet' INTO '/Volumes/main/staging-area/drt/drt-staging-1.parquet'
