CREATE VIEW visible_posts AS
  SELECT p.id, p.topic_id, p.author_id, p.post_number, p.body, p.likes, p.created_at
  FROM posts AS p
  WHERE NOT p.hidden;
CREATE INDEX topics_bumped_at_idx ON topics (bumped_at DESC, id DESC);
CREATE INDEX topics_bumped_at_again_idx ON topics (bumped_at DESC, id DESC);
CREATE INDEX users_reputation_idx ON users (reputation);
