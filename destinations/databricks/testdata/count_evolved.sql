SELECT staged, different, key_only, creates, updates
FROM (
  SELECT CAST(coalesce(sum(n), 0) AS BIGINT) AS staged, count(CASE WHEN n > 0 THEN 1 END) AS different, CAST(coalesce(sum(m - n), 0) AS BIGINT) AS key_only
  FROM (
    SELECT count(*) AS m, count(`_drt_row`) AS n
    FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057`
    GROUP BY `c0`
  ) per_key
) n0
CROSS JOIN (
  SELECT count(CASE WHEN target.`user_id` IS NULL THEN 1 END) AS creates, count(CASE WHEN target.`user_id` IS NOT NULL AND (target.`score` IS DISTINCT FROM source.`c1` OR source.`c2` IS NOT NULL) THEN 1 END) AS updates
  FROM (
    SELECT *
    FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057`
    WHERE `_drt_row` IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY `c0` ORDER BY `_drt_row` DESC NULLS LAST) = 1
  ) source
  LEFT JOIN `main`.`default`.`user_scores` target ON target.`user_id` = source.`c0`
) n1
