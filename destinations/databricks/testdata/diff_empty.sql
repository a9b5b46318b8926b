SELECT 'delete' AS change, CAST(NULL AS BIGINT) AS place, CAST(target.`user_id` AS STRING) AS o0, CAST(NULL AS STRING) AS n0, CAST(target.`score` AS STRING) AS o1, CAST(NULL AS STRING) AS n1, CAST(target.`name` AS STRING) AS o2, CAST(NULL AS STRING) AS n2
FROM `main`.`default`.`user_scores` target
WHERE target.`user_id` IS NOT NULL
  AND target.`_drt_deleted_at` IS NULL
ORDER BY target.`user_id`
LIMIT 20
