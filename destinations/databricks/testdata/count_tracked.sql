SELECT staged, different, key_only, gone
FROM (
  SELECT CAST(coalesce(sum(n), 0) AS BIGINT) AS staged, count(CASE WHEN n > 0 THEN 1 END) AS different, CAST(coalesce(sum(m - n), 0) AS BIGINT) AS key_only
  FROM (
    SELECT count(*) AS m, count(`_drt_row`) AS n
    FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057`
    GROUP BY `c0`, `c1`
  ) per_key
) n0
CROSS JOIN (
  SELECT count(*) AS gone
  FROM `main`.`default`.`user_scores` target
  WHERE target.`tenant` IS NOT NULL AND target.`user_id` IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057` seen WHERE seen.`c0` = target.`tenant` AND seen.`c1` = target.`user_id`)
    AND EXISTS (SELECT 1 FROM `main`.`default`.`__drt_keys_user_scores_7d84497cdb12d22f` sent WHERE sent.`k0` = target.`tenant` AND sent.`k1` = target.`user_id` AND sent.`gone_by` IS NULL)
) n1
