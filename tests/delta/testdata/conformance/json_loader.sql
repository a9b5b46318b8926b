CREATE TABLE g (`_drt_row` BIGINT, `c0` BIGINT, `c1` STRING, `c2` DECIMAL(18,2)) USING DELTA
;
-- ? STRING [["1","a","1.50"],["2",null,null],["3","","-0.01"]]
INSERT INTO g (`_drt_row`, `c0`, `c1`, `c2`) SELECT CAST(41 AS BIGINT) + pos, CAST(r[0] AS BIGINT), r[1], CAST(r[2] AS DECIMAL(18,2)) FROM (SELECT posexplode(from_json(?, 'array<array<string>>', map('mode', 'FAILFAST'))) AS (pos, r)) staged
;
SELECT * FROM g ORDER BY `_drt_row`
;
-- ? NULL
INSERT INTO g (`_drt_row`, `c0`) SELECT pos, CAST(r[0] AS BIGINT) FROM (SELECT posexplode(from_json(?, 'array<array<string>>', map('mode', 'FAILFAST'))) AS (pos, r)) staged
;
-- ? STRING 
INSERT INTO g (`_drt_row`, `c0`) SELECT pos, CAST(r[0] AS BIGINT) FROM (SELECT posexplode(from_json(?, 'array<array<string>>', map('mode', 'FAILFAST'))) AS (pos, r)) staged
;
-- ? STRING [["1"],["2"
INSERT INTO g (`_drt_row`, `c0`) SELECT pos, CAST(r[0] AS BIGINT) FROM (SELECT posexplode(from_json(?, 'array<array<string>>', map('mode', 'FAILFAST'))) AS (pos, r)) staged
;
-- ? STRING [["x"]]
INSERT INTO g (`_drt_row`, `c0`) SELECT pos, CAST(r[0] AS BIGINT) FROM (SELECT posexplode(from_json(?, 'array<array<string>>', map('mode', 'FAILFAST'))) AS (pos, r)) staged
;
-- ? STRING [["1"]]
INSERT INTO g (`_drt_row`, `c0`, `c1`) SELECT pos, CAST(r[0] AS BIGINT), r[1] FROM (SELECT posexplode(from_json(?, 'array<array<string>>', map('mode', 'FAILFAST'))) AS (pos, r)) staged
;
-- ? STRING [["5","tab\t\"quote\\ \u0000 \ud83d\ude00"]]
INSERT INTO g (`_drt_row`, `c0`, `c1`) SELECT pos, CAST(r[0] AS BIGINT), r[1] FROM (SELECT posexplode(from_json(?, 'array<array<string>>', map('mode', 'FAILFAST'))) AS (pos, r)) staged
;
SELECT c0, hex(CAST(c1 AS BINARY)) FROM g WHERE c0 = 5
;
SELECT count(*) FROM g
;
