INSERT INTO `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057` (`_drt_row`, `c0`, `c1`, `c2`)
SELECT CAST(41 AS BIGINT) + pos, CAST(r[0] AS BIGINT), CAST(r[1] AS DECIMAL(18,2)), r[2]
FROM (SELECT posexplode(from_json(?, 'array<array<string>>', map('mode', 'FAILFAST'))) AS (pos, r)) staged
-- ?1 string [["1","1.50","Ada"],["2",null,""]]
