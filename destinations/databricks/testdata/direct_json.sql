INSERT INTO `main`.`default`.`user_scores` (`user_id`, `score`, `name`)
SELECT CAST(r[0] AS BIGINT), CAST(r[1] AS DECIMAL(18,2)), r[2]
FROM (SELECT posexplode(from_json(?, 'array<array<string>>', map('mode', 'FAILFAST'))) AS (pos, r)) staged
-- ?1 string [["1","1.50","Ada"],["2",null,""]]
