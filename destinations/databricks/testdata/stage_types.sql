INSERT INTO `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057` (`_drt_row`, `c0`, `c1`, `c2`, `c3`, `c4`, `c5`, `c6`, `c7`, `c8`, `c9`, `c10`, `c11`, `c12`)
SELECT CAST(41 AS BIGINT) + pos, CAST(r[0] AS BIGINT), CAST(r[1] AS BOOLEAN), CAST(r[2] AS TINYINT), CAST(r[3] AS FLOAT), r[4], unbase64(r[5]), CAST(r[6] AS DATE), CAST(r[7] AS TIMESTAMP), CAST(r[8] AS TIMESTAMP_NTZ), from_json(r[9], 'ARRAY<INT>', map('mode','FAILFAST')), from_json(r[10], 'MAP<STRING, INT>', map('mode','FAILFAST')), from_json(r[11], 'STRUCT<`a`: INT, `b`: STRING>', map('mode','FAILFAST')), parse_json(r[12])
FROM (SELECT posexplode(from_json(?, 'array<array<string>>', map('mode', 'FAILFAST'))) AS (pos, r)) staged
-- ?1 string [["1","1.50","Ada"],["2",null,""]]
