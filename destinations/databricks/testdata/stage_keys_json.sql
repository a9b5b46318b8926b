INSERT INTO `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057` (`c0`, `c1`)
SELECT r[0], CAST(r[1] AS BIGINT)
FROM (SELECT posexplode(from_json(?, 'array<array<string>>', map('mode', 'FAILFAST'))) AS (pos, r)) staged
-- ?1 string [["1","1.50","Ada"],["2",null,""]]
