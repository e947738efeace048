CREATE TABLE topics (
  id integer PRIMARY KEY,
  category_id integer NOT NULL REFERENCES categories (id),
  author_id integer NOT NULL REFERENCES users (id),
  title text NOT NULL,
  state text NOT NULL DEFAULT 'open',
  pinned boolean NOT NULL DEFAULT false,
  posts_count integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  bumped_at timestamptz NOT NULL
);
CREATE INDEX topics_category_id_bumped_at_idx ON topics (category_id, bumped_at DESC, id DESC);
CREATE INDEX topics_author_id_idx ON topics (author_id);
CREATE INDEX topics_title_trgm_idx ON topics USING gin (title gin_trgm_ops);
CREATE INDEX topics_open_bumped_at_idx ON topics (bumped_at) WHERE state = 'open';

CREATE TABLE posts (
  id integer PRIMARY KEY,
  topic_id integer NOT NULL REFERENCES topics (id) ON DELETE CASCADE,
  author_id integer NOT NULL REFERENCES users (id),
  post_number integer NOT NULL,
  body text NOT NULL,
  likes integer NOT NULL DEFAULT 0,
  hidden boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL,
  UNIQUE (topic_id, post_number)
);
CREATE INDEX posts_author_id_created_at_idx ON posts (author_id, created_at DESC);
CREATE INDEX posts_body_search_idx ON posts USING gin (to_tsvector('english', body));
CREATE INDEX posts_created_at_brin ON posts USING brin (created_at) WITH (pages_per_range = 8);
