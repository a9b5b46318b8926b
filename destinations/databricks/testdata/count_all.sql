SELECT staged, different, key_only, creates, updates, total, gone
FROM (
  SELECT CAST(coalesce(sum(n), 0) AS BIGINT) AS staged, count(CASE WHEN n > 0 THEN 1 END) AS different, CAST(coalesce(sum(m - n), 0) AS BIGINT) AS key_only
  FROM (
    SELECT count(*) AS m, count(`_drt_row`) AS n
    FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057`
    GROUP BY `c0`, `c1`
  ) per_key
) n0
CROSS JOIN (
  SELECT count(CASE WHEN target.`tenant` IS NULL THEN 1 END) AS creates, count(CASE WHEN target.`tenant` IS NOT NULL AND (target.`score` IS DISTINCT FROM source.`c2`) THEN 1 END) AS updates
  FROM (
    SELECT *
    FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057`
    WHERE `_drt_row` IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY `c0`, `c1` ORDER BY `_drt_row` DESC NULLS LAST) = 1
  ) source
  LEFT JOIN `main`.`default`.`user_scores` target ON target.`tenant` = source.`c0` AND target.`user_id` = source.`c1`
) n1
CROSS JOIN (
  SELECT count(*) AS total FROM `main`.`default`.`user_scores`
) n2
CROSS JOIN (
  SELECT count(*) AS gone
  FROM `main`.`default`.`user_scores` target
  WHERE target.`tenant` IS NOT NULL AND target.`user_id` IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057` seen WHERE seen.`c0` = target.`tenant` AND seen.`c1` = target.`user_id`)
    AND EXISTS (SELECT 1 FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057` seen WHERE seen.`_drt_row` IS NOT NULL AND seen.`c0` <=> target.`tenant`)
) n3
