SELECT staged, different, key_only, outside, gone
FROM (
  SELECT CAST(coalesce(sum(n), 0) AS BIGINT) AS staged, count(CASE WHEN n > 0 THEN 1 END) AS different, CAST(coalesce(sum(m - n), 0) AS BIGINT) AS key_only
  FROM (
    SELECT count(*) AS m, count(`_drt_row`) AS n
    FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057`
    GROUP BY `c0`
  ) per_key
) n0
CROSS JOIN (
  SELECT count(*) AS outside
  FROM (SELECT `c0` AS `user_id`, `c1` AS `score`, `c2` AS `name` FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057` WHERE `_drt_row` IS NOT NULL) model
  WHERE NOT coalesce(name = 'Ada' OR score > 1, false)
) n1
CROSS JOIN (
  SELECT count(*) AS gone
  FROM `main`.`default`.`user_scores` target
  WHERE target.`user_id` IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057` seen WHERE seen.`c0` = target.`user_id`)
    AND (name = 'Ada' OR score > 1)
) n2
