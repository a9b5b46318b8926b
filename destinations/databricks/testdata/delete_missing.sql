DELETE FROM `main`.`default`.`user_scores`
WHERE `user_id` NOT IN (SELECT `c0` FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057`)
  AND coalesce(CAST(`user_id` AS STRING), '') <> ?
-- ?1 string {"sync":"scores","run":"01890a5d-ac96-774b-bcce-b302099a8057"}
