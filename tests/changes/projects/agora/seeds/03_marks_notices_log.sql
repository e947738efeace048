ALTER TABLE thread_marks DISABLE TRIGGER USER;

-- 42 read much, long ago.
INSERT INTO thread_marks (actor_id, thread_id, read_at)
SELECT 42, i * 3, timestamptz '2025-07-01 00:00+00' + i * interval '2 minutes' FROM generate_series(1, 2200) AS i;

INSERT INTO thread_marks (actor_id, thread_id, read_at, saved_at, hidden_at, vote)
SELECT 50 + floor(11950 * power((hashint8extended(i, 41) & 1048575) / 1048576.0::float8, 2))::int,
       1 + ((hashint8extended(i, 42) & 1048575) % 30000)::int, timestamptz '2025-07-05 00:00+00' + i * interval '7 minutes',
       CASE WHEN i % 15 = 0 THEN timestamptz '2025-08-01 00:00+00' + i * interval '6 minutes' END,
       CASE WHEN i % 30 = 1 THEN timestamptz '2025-08-01 00:00+00' END,
       CASE WHEN i % 2 = 0 THEN 1 WHEN i % 7 = 0 THEN -1 END
FROM generate_series(1, 34000) AS i
ON CONFLICT DO NOTHING;

INSERT INTO thread_marks (actor_id, thread_id, read_at, saved_at, hidden_at, vote)
SELECT 7, 25000 + i * 4, timestamptz '2026-01-20 00:00+00' + i * interval '1 minute',
       CASE WHEN i % 2 = 0 THEN timestamptz '2026-01-20 00:00+00' + i * interval '1 minute' END,
       CASE WHEN i % 25 = 0 THEN timestamptz '2026-01-21 00:00+00' END, 1
FROM generate_series(1, 1000) AS i;
ALTER TABLE thread_marks ENABLE TRIGGER USER;

INSERT INTO notices (id, recipient_id, kind, reply_id, thread_id, seen, created_at)
SELECT i, CASE WHEN i % 30 = 0 THEN 7 ELSE 1 + floor(12000 * power((hashint8extended(i, 51) & 1048575) / 1048576.0::float8, 2))::int END,
       (CASE WHEN h & 63 = 0 THEN 'system' WHEN h & 7 < 3 THEN 'reply' WHEN h & 7 = 3 THEN 'mention' ELSE 'vote' END)::notice_kind,
       CASE WHEN h & 63 > 0 AND h & 7 < 4 THEN 1 + (h >> 8 & 32767)::int END,
       CASE WHEN h & 63 > 0 AND h & 7 > 3 THEN 1 + (h >> 8 & 16383)::int END,
       CASE WHEN i % 30 = 0 THEN i % 60 = 0 ELSE h >> 30 & 15 > 1 END,
       timestamptz '2025-07-03 00:00+00' + i * interval '12 minutes'
FROM (SELECT i, hashint8extended(i, 52) & 9223372036854775807 AS h FROM generate_series(1, 24000) AS i) AS d
ORDER BY i;

INSERT INTO reports (id, thread_id, reply_id, reporter_id, reason, resolved, resolver_id, created_at)
SELECT i, CASE WHEN i % 2 = 0 THEN 1 + ((hashint8extended(i, 61) & 1048575) % 30000)::int END,
       CASE WHEN i % 2 = 1 THEN 1 + ((hashint8extended(i, 62) & 1048575) % 40000)::int END,
       1 + ((hashint8extended(i, 63) & 1048575) % 12000)::int, 'because ' || md5(i::text),
       i % 25 > 0, CASE WHEN i % 25 > 0 THEN 7 END, timestamptz '2025-07-04 00:00+00' + i * interval '58 minutes'
FROM generate_series(1, 5000) AS i;

INSERT INTO federation_log (id, sent_at, instance_id, activity, payload)
SELECT i, timestamptz '2025-07-01 00:00+00' + i * interval '7 minutes',
       1 + floor(400 * power((hashint8extended(i, 71) & 1048575) / 1048576.0::float8, 2))::int,
       'https://agora.example/activities/' || md5(i::text), jsonb_build_object('type', (ARRAY['Create', 'Like', 'Announce'])[1 + i % 3], 'object', i * 3)
FROM generate_series(1, 36000) AS i;
