SELECT 'insert' AS change, source.`_drt_row` AS place, CAST(NULL AS STRING) AS o0, CAST(source.`c0` AS STRING) AS n0, CAST(NULL AS STRING) AS o1, CAST(source.`c1` AS STRING) AS n1, CAST(NULL AS STRING) AS o2, CAST(source.`c2` AS STRING) AS n2
FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057` source
WHERE source.`_drt_row` IS NOT NULL
ORDER BY place
LIMIT 20
