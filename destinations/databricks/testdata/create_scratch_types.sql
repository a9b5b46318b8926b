CREATE TABLE `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057` (
  `_drt_row` BIGINT,
  `c0` BIGINT,
  `c1` BOOLEAN,
  `c2` TINYINT,
  `c3` FLOAT,
  `c4` STRING,
  `c5` BINARY,
  `c6` DATE,
  `c7` TIMESTAMP,
  `c8` TIMESTAMP_NTZ,
  `c9` ARRAY<INT>,
  `c10` MAP<STRING, INT>,
  `c11` STRUCT<`a`: INT, `b`: STRING>,
  `c12` VARIANT
) USING DELTA
