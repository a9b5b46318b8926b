MERGE INTO `main`.`default`.`__drt_keys_user_scores_7d84497cdb12d22f` sent
USING (
  SELECT DISTINCT `c0` AS `k0`, `c1` AS `k1`
  FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057`
  WHERE `_drt_row` IS NOT NULL
) source
ON sent.`k0` = source.`k0` AND sent.`k1` = source.`k1`
WHEN MATCHED AND sent.`gone_by` IS NOT NULL THEN UPDATE SET `gone_by` = NULL
WHEN NOT MATCHED THEN INSERT (`k0`, `k1`) VALUES (source.`k0`, source.`k1`)
WHEN NOT MATCHED BY SOURCE AND sent.`gone_by` IS NOT NULL THEN DELETE
