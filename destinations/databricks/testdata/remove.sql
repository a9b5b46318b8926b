REMOVE '/Volumes/main/staging-area/drt/drt-staging-1.parquet'
