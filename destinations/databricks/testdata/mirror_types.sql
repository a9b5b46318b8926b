MERGE INTO `main`.`default`.`user_scores` target
USING (
  SELECT *, ? AS `_drt`
  FROM (
    SELECT `_drt_row`, `c0`, `c1`, `c2`, `c3`, `c4`, `c5`, `c6`, `c7`, `c8`, `c9`, `c10`, `c11`, `c12`
    FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057`
    WHERE `_drt_row` IS NOT NULL
    UNION ALL
    SELECT CAST(NULL AS BIGINT), `c0`, CAST(NULL AS BOOLEAN), CAST(NULL AS TINYINT), CAST(NULL AS FLOAT), CAST(NULL AS STRING), CAST(NULL AS BINARY), CAST(NULL AS DATE), CAST(NULL AS TIMESTAMP), CAST(NULL AS TIMESTAMP_NTZ), CAST(NULL AS ARRAY<INT>), CAST(NULL AS MAP<STRING, INT>), CAST(NULL AS STRUCT<`a`: INT, `b`: STRING>), CAST(NULL AS VARIANT)
    FROM (
      SELECT DISTINCT target.`id` AS `c0`
      FROM `main`.`default`.`user_scores` target
      WHERE target.`id` IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM `main`.`default`.`__drt_staging_user_scores_01890a5dac96774bbcceb302099a8057` seen WHERE seen.`c0` = target.`id`)
        AND (id > 0)
    ) gone
  ) rows
) source
ON target.`id` = source.`c0`
WHEN MATCHED AND source.`_drt_row` IS NULL AND source.`_drt` = ? THEN DELETE
WHEN MATCHED AND source.`_drt_row` IS NOT NULL AND source.`_drt` = ? AND (target.`b` IS DISTINCT FROM source.`c1` OR target.`t` IS DISTINCT FROM source.`c2` OR target.`f` IS DISTINCT FROM source.`c3` OR target.`v` IS DISTINCT FROM source.`c4` OR target.`bin` IS DISTINCT FROM source.`c5` OR target.`d` IS DISTINCT FROM source.`c6` OR target.`ts` IS DISTINCT FROM source.`c7` OR target.`ntz` IS DISTINCT FROM source.`c8` OR target.`arr` IS DISTINCT FROM source.`c9` OR array_sort(map_entries(target.`m`)) IS DISTINCT FROM array_sort(map_entries(source.`c10`)) OR target.`st` IS DISTINCT FROM source.`c11` OR to_json(target.`va`) IS DISTINCT FROM to_json(source.`c12`)) THEN UPDATE SET `b` = source.`c1`, `t` = source.`c2`, `f` = source.`c3`, `v` = source.`c4`, `bin` = source.`c5`, `d` = source.`c6`, `ts` = source.`c7`, `ntz` = source.`c8`, `arr` = source.`c9`, `m` = source.`c10`, `st` = source.`c11`, `va` = source.`c12`
WHEN NOT MATCHED AND source.`_drt_row` IS NOT NULL AND source.`_drt` = ? THEN INSERT (`id`, `b`, `t`, `f`, `v`, `bin`, `d`, `ts`, `ntz`, `arr`, `m`, `st`, `va`) VALUES (source.`c0`, source.`c1`, source.`c2`, source.`c3`, source.`c4`, source.`c5`, source.`c6`, source.`c7`, source.`c8`, source.`c9`, source.`c10`, source.`c11`, source.`c12`)
-- ?1 string {"sync":"scores","run":"01890a5d-ac96-774b-bcce-b302099a8057"}
-- ?2 string {"sync":"scores","run":"01890a5d-ac96-774b-bcce-b302099a8057"}
-- ?3 string {"sync":"scores","run":"01890a5d-ac96-774b-bcce-b302099a8057"}
-- ?4 string {"sync":"scores","run":"01890a5d-ac96-774b-bcce-b302099a8057"}
