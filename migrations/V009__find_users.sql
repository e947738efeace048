-- An address can be used once in each shop, however it is capitalised.
CREATE UNIQUE INDEX users_tenant_id_lower_email_key ON users (tenant_id, lower(email));

-- Autocomplete in the back office: text_pattern_ops serves LIKE 'prefix%' under any collation.
CREATE INDEX users_tenant_id_lower_full_name_idx ON users (tenant_id, lower(full_name) text_pattern_ops);
