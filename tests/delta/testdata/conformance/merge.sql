CREATE TABLE t (k BIGINT NOT NULL, v STRING, n DECIMAL(10,2)) USING DELTA
;
INSERT INTO t VALUES (1, 'a', 1.0), (2, 'b', 2.0)
;
CREATE TABLE g (`_drt_row` BIGINT, c0 BIGINT, c1 STRING, c2 DECIMAL(10,2)) USING DELTA
;
INSERT INTO g VALUES (0, 2, 'b', 2.0), (1, 3, 'c', 3.0), (2, 1, 'A', NULL)
;
MERGE INTO t target USING g source ON target.k = source.c0 WHEN MATCHED AND (target.v IS DISTINCT FROM source.c1 OR target.n IS DISTINCT FROM source.c2) THEN UPDATE SET v = source.c1, n = source.c2 WHEN NOT MATCHED THEN INSERT (k, v, n) VALUES (source.c0, source.c1, source.c2)
;
SELECT * FROM t ORDER BY k
;
-- several source rows for one target row
INSERT INTO g VALUES (3, 1, 'A', NULL)
;
MERGE INTO t target USING g source ON target.k = source.c0 WHEN MATCHED THEN UPDATE SET v = source.c1
;
MERGE INTO t target USING g source ON target.k = source.c0 WHEN MATCHED AND source.`_drt_row` = 3 THEN UPDATE SET v = source.c1
;
MERGE INTO t target USING (SELECT * FROM g QUALIFY row_number() OVER (PARTITION BY c0 ORDER BY `_drt_row` DESC) = 1) source ON target.k = source.c0 WHEN MATCHED THEN UPDATE SET v = source.c1
;
-- two new rows of one key both insert
INSERT INTO g VALUES (4, 9, 'x', NULL), (5, 9, 'y', NULL)
;
MERGE INTO t target USING (SELECT * FROM g WHERE c0 = 9) source ON target.k = source.c0 WHEN NOT MATCHED THEN INSERT (k, v) VALUES (source.c0, source.c1)
;
SELECT * FROM t ORDER BY k, v
;
-- a NULL for a NOT NULL column
MERGE INTO t target USING (SELECT CAST(NULL AS BIGINT) AS k) source ON target.k = source.k WHEN NOT MATCHED THEN INSERT (k) VALUES (source.k)
;
MERGE INTO t target USING (SELECT DISTINCT c0 FROM g WHERE c0 < 3) source ON target.k = source.c0 WHEN NOT MATCHED BY SOURCE AND target.k IS NOT NULL THEN DELETE
;
SELECT * FROM t ORDER BY k
;
MERGE INTO t target USING g source ON target.k = source.c0 AND false WHEN MATCHED THEN DELETE
;
-- a row that two rows of the source match is deleted once, and counted once
INSERT INTO t (k, v) VALUES (77, 'x')
;
MERGE INTO t target USING (SELECT 77 AS c0 UNION ALL SELECT 77) source ON target.k = source.c0 WHEN MATCHED THEN DELETE
;
