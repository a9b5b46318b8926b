SELECT CAST(target.`tenant` AS STRING) AS `c0`, CAST(target.`user_id` AS STRING) AS `c1`
FROM `main`.`default`.`user_scores` target
WHERE target.`tenant` IS NOT NULL AND target.`user_id` IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057` seen WHERE seen.`c0` = target.`tenant` AND seen.`c1` = target.`user_id`)
ORDER BY target.`tenant`, target.`user_id`
LIMIT 10
