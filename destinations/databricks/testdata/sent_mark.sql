MERGE INTO `main`.`default`.`__drt_keys_user_scores_7d84497cdb12d22f` sent
USING (
  SELECT DISTINCT target.`tenant` AS `c0`, target.`user_id` AS `c1`
  FROM `main`.`default`.`user_scores` target
  WHERE target.`tenant` IS NOT NULL AND target.`user_id` IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057` seen WHERE seen.`c0` = target.`tenant` AND seen.`c1` = target.`user_id`)
    AND EXISTS (SELECT 1 FROM `main`.`default`.`__drt_keys_user_scores_7d84497cdb12d22f` sent WHERE sent.`k0` = target.`tenant` AND sent.`k1` = target.`user_id` AND sent.`gone_by` IS NULL)
) source
ON sent.`k0` = source.`c0` AND sent.`k1` = source.`c1`
WHEN MATCHED THEN UPDATE SET `gone_by` = ?
-- ?1 string 01890a5d-ac96-774b-bcce-b302099a8057
