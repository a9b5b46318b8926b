DROP TABLE IF EXISTS `my-catalog`.`select`.`__drt_staging_Zeit``schrift ü_01890a5dac96774bbcceb302099a8057`
