-- Every seed draws its "random" numbers from hashint8extended(row, column): the same rows on every machine.
-- The lower 20 bits are a number from 0 to 1048575.

INSERT INTO tenants (id, slug, name, plan, created_at)
SELECT i,
       'shop-' || i,
       (ARRAY['Alder', 'Birch', 'Cedar', 'Dogwood', 'Elm', 'Fir', 'Ginkgo', 'Hazel'])[1 + i % 8] || ' Store ' || i,
       CASE WHEN i <= 20 THEN 'enterprise' WHEN i <= 200 THEN 'growth' ELSE 'starter' END,
       timestamptz '2023-01-01 00:00+00' + i * interval '21 hours'
FROM generate_series(1, 1000) AS i;

-- User n owns tenant n up to 1000. The others follow Zipf's law, but for one in eight, who is tenant 1's:
-- the hot tenant has about a fifth of all users, most have a handful.
WITH drawn AS (
  SELECT i,
         (hashint8extended(i, 1) & 1048575) / 1048576.0::float8 AS zipf,
         hashint8extended(i, 2) & 1048575 AS first,
         hashint8extended(i, 3) & 1048575 AS last,
         hashint8extended(i, 4) & 1048575 AS habit
  FROM generate_series(1, 20000) AS i
), named AS (
  SELECT i, habit,
         CASE
           WHEN i <= 1000 THEN i
           WHEN habit % 8 = 0 THEN 1
           ELSE floor(power(1001, zipf))::bigint
         END AS tenant_id,
         (ARRAY['Ada', 'Ben', 'Chiara', 'Dmitri', 'Elif', 'Farid', 'Greta', 'Hugo', 'Ines', 'Jakub', 'Keiko', 'Lena',
                'Marta', 'Nadia', 'Omar', 'Petra', 'Quentin', 'Rosa', 'Samir', 'Tove', 'Ulrich', 'Vera', 'Wanda',
                'Yusuf', 'Zoe'])[1 + first % 25] AS first_name,
         (ARRAY['Andersen', 'Bauer', 'Costa', 'Dubois', 'Eriksen', 'Fischer', 'Garcia', 'Horvat', 'Ivanova', 'Jansen',
                'Kowalski', 'Lopez', 'Moreau', 'Novak', 'Okafor', 'Peeters', 'Quist', 'Rossi', 'Schmidt', 'Tanaka',
                'Ueda', 'Virtanen', 'Weber', 'Xu', 'Yilmaz', 'Zimmer'])[1 + last % 26] AS last_name
  FROM drawn
)
INSERT INTO users (id, tenant_id, email, full_name, role, created_at, last_seen_at)
SELECT i, tenant_id,
       first_name || '.' || last_name || i || '@example.com',
       first_name || ' ' || last_name,
       CASE WHEN i <= 1000 THEN 'owner' WHEN habit % 40 = 0 THEN 'staff' ELSE 'customer' END,
       timestamptz '2024-01-01 00:00+00' + i * interval '39 minutes',
       CASE WHEN habit % 5 > 0 THEN timestamptz '2025-12-01 00:00+00' + habit * interval '17 seconds' END
FROM named
ORDER BY i;
