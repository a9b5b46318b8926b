ALTER TABLE `main`.`default`.`user_scores` SET TBLPROPERTIES ('drt.fence' = '01890a5d-ac96-774b-bcce-b302099a8057')
