INSERT INTO orgs (id, slug, display_name, settings, created_at)
SELECT i, 'org-' || i, 'Organisation ' || i, jsonb_build_object('tier', CASE WHEN i % 7 = 0 THEN 'paid' ELSE 'free' END, 'quota', i * 10),
       timestamptz '2024-01-01 00:00+00' + i * interval '1 day'
FROM generate_series(1, 120) AS i;

INSERT INTO org_branding (org_id, logo_url, banner)
SELECT i, 'https://cdn.example.net/' || i || '.png', NULL FROM generate_series(1, 120) AS i WHERE i % 3 > 0;

INSERT INTO people (id, username, email, status, avatar_url, last_seen_at, deleted, created_at)
SELECT i, 'User' || i, 'User' || i || '@Mail' || i % 40 || '.example', (CASE WHEN i % 11 = 0 THEN 'suspended' WHEN i % 4 = 0 THEN 'dormant' ELSE 'active' END)::person_status,
       'https://cdn.example.net/people/' || md5(i::text) || '.png', timestamptz '2026-06-30 00:00+00' - (i * 37 % 9000) * interval '1 hour', i % 13 = 0,
       timestamptz '2024-01-01 00:00+00' + i * interval '3 hours'
FROM generate_series(1, 6000) AS i;

INSERT INTO memberships (org_id, person_id, roles, joined_at)
SELECT DISTINCT ON (org, person) org, person, CASE WHEN person % 25 = 0 THEN ARRAY['owner', 'member'] WHEN person % 6 = 0 THEN ARRAY['auditor', 'member'] ELSE ARRAY['member'] END,
       timestamptz '2025-01-01 00:00+00' + person * interval '1 hour'
FROM (SELECT person, 1 + floor(120 * power((hashint8extended(person * 3 + n, 201) & 1048575) / 1048576.0::float8, 3))::int AS org
      FROM generate_series(1, 6000) AS person CROSS JOIN generate_series(0, 2) AS n) AS drawn
ORDER BY org, person;
