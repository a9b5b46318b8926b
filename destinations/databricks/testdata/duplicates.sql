SELECT CAST(`c0` AS STRING) AS `key_c0`, CAST(`c1` AS STRING) AS `key_c1`, count(*) AS n
FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057`
WHERE `_drt_row` IS NOT NULL
GROUP BY `c0`, `c1`
HAVING count(*) > 1
ORDER BY `c0`, `c1`
LIMIT 10
