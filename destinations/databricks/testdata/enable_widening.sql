ALTER TABLE `main`.`default`.`user_scores` SET TBLPROPERTIES ('delta.enableTypeWidening' = 'true')
