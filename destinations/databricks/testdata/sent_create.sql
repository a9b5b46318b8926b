CREATE OR REPLACE TABLE `main`.`default`.`__drt_keys_user_scores_7d84497cdb12d22f` USING DELTA
COMMENT 'drt: the keys that sync it\'s scores has sent to main.default.user_scores; without them the next run deletes nothing'
AS SELECT `k0`, `k1`, CAST(NULL AS STRING) AS `gone_by`
FROM (
  SELECT DISTINCT `c0` AS `k0`, `c1` AS `k1`
  FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057`
  WHERE `_drt_row` IS NOT NULL
) staged
