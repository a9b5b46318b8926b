MERGE INTO `my-catalog`.`select`.`Zeit``schrift ü` target
USING (
  SELECT *, ? AS `_drt`
  FROM `my-catalog`.`select`.`__drt_staging_Zeit``schrift ü_01890a5dac96774bbcceb302099a8057`
  WHERE `_drt_row` IS NOT NULL
) source
ON target.`k``` = source.`c0`
WHEN MATCHED AND source.`_drt` = ? AND (target.`a``b; DROP TABLE x--` IS DISTINCT FROM source.`c1`) THEN UPDATE SET `a``b; DROP TABLE x--` = source.`c1`
WHEN NOT MATCHED AND source.`_drt` = ? THEN INSERT (`k```, `a``b; DROP TABLE x--`) VALUES (source.`c0`, source.`c1`)
-- ?1 string {"sync":"scores","run":"01890a5d-ac96-774b-bcce-b302099a8057"}
-- ?2 string {"sync":"scores","run":"01890a5d-ac96-774b-bcce-b302099a8057"}
-- ?3 string {"sync":"scores","run":"01890a5d-ac96-774b-bcce-b302099a8057"}
