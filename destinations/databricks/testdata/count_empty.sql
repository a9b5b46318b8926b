SELECT total, gone
FROM (
  SELECT count(*) AS total FROM `main`.`default`.`user_scores`
) n0
CROSS JOIN (
  SELECT count(*) AS gone
  FROM `main`.`default`.`user_scores` target
  WHERE target.`user_id` IS NOT NULL
    AND target.`_drt_deleted_at` IS NULL
) n1
