CREATE VIEW visible_threads AS
  SELECT t.id, t.space_id, t.author_id, t.title, t.url, t.language_id, t.published_at, t.score, t.hot_rank,
         t.reply_count, t.search, s.slug, s.adult
  FROM threads AS t
  JOIN spaces AS s ON s.id = t.space_id
  WHERE NOT t.deleted AND NOT t.removed AND NOT s.removed AND s.visibility <> 'members';

CREATE VIEW actor_feed AS
  SELECT author_id, published_at, 'thread' AS kind, id, title AS what, removed FROM threads
  UNION ALL
  SELECT author_id, published_at, 'reply', id, body, removed FROM replies;

CREATE MATERIALIZED VIEW space_days AS
  SELECT space_id, (published_at AT TIME ZONE 'UTC')::date AS day, count(*) AS threads
  FROM threads
  WHERE NOT deleted
  GROUP BY 1, 2;
CREATE INDEX space_days_space_id_idx ON space_days (space_id, day);

-- A space counts the threads that can be seen.
CREATE FUNCTION r.count_threads() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE spaces AS s SET thread_count = s.thread_count + d.diff
  FROM (SELECT n.space_id, sum(o.removed::int - n.removed::int) AS diff
        FROM new_threads AS n JOIN old_threads AS o ON o.id = n.id
        GROUP BY n.space_id) AS d
  WHERE s.id = d.space_id AND d.diff <> 0;
  RETURN NULL;
END $$;
CREATE TRIGGER count_threads AFTER UPDATE ON threads
  REFERENCING OLD TABLE AS old_threads NEW TABLE AS new_threads
  FOR EACH STATEMENT EXECUTE FUNCTION r.count_threads();

CREATE FUNCTION r.count_vote() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE threads SET upvotes = upvotes + (NEW.vote = 1)::int, downvotes = downvotes + (NEW.vote = -1)::int
  WHERE id = NEW.thread_id;
  RETURN NULL;
END $$;
CREATE TRIGGER count_vote AFTER INSERT ON thread_marks
  FOR EACH ROW WHEN (NEW.vote IS NOT NULL) EXECUTE FUNCTION r.count_vote();
