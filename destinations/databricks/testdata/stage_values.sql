INSERT INTO `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057` (`_drt_row`, `c0`, `c1`, `c2`)
SELECT CAST(v.n AS BIGINT), CAST(v.v0 AS BIGINT), CAST(v.v1 AS DECIMAL(18,2)), v.v2
FROM (VALUES
  (41, CAST(? AS STRING), CAST(? AS STRING), CAST(? AS STRING)),
  (42, CAST(? AS STRING), CAST(? AS STRING), CAST(? AS STRING))
) AS v (n, v0, v1, v2)
-- ?1 string 1
-- ?2 string 1.50
-- ?3 string Ada
-- ?4 string 2
-- ?5 NULL
-- ?6 string 
