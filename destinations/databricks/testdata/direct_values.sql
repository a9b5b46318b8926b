INSERT INTO `main`.`default`.`user_scores` (`user_id`, `score`, `name`)
SELECT CAST(v.v0 AS BIGINT), CAST(v.v1 AS DECIMAL(18,2)), v.v2
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
