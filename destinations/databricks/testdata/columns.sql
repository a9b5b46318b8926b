SELECT column_name, full_data_type, is_nullable, column_default, is_identity, identity_generation, is_generated
FROM `Main`.information_schema.columns
WHERE table_schema = ? AND table_name = ?
ORDER BY ordinal_position
-- ?1 string default
-- ?2 string user_scores
