DELETE FROM `main`.`default`.`user_scores`
WHERE `tenant` IS NOT NULL AND `user_id` IS NOT NULL
  AND coalesce(CAST(`tenant` AS STRING), '') <> ?
-- ?1 string {"sync":"scores","run":"01890a5d-ac96-774b-bcce-b302099a8057"}
