CREATE TABLE content.tags (id integer PRIMARY KEY, label text NOT NULL UNIQUE, parent_id integer REFERENCES content.tags (id));
CREATE INDEX tags_parent_id_idx ON content.tags (parent_id);

CREATE TABLE content.article_tags (
  article_id integer NOT NULL REFERENCES content.articles (id) ON DELETE CASCADE,
  tag_id integer NOT NULL REFERENCES content.tags (id),
  PRIMARY KEY (article_id, tag_id)
);
CREATE INDEX article_tags_tag_id_idx ON content.article_tags (tag_id, article_id);

CREATE TABLE content.revisions (
  article_id integer NOT NULL REFERENCES content.articles (id) ON DELETE CASCADE,
  version integer NOT NULL,
  editor_id integer NOT NULL,
  saved_at timestamptz NOT NULL,
  PRIMARY KEY (article_id, version)
);

CREATE TABLE content.comments (
  id integer PRIMARY KEY,
  article_id integer NOT NULL REFERENCES content.articles (id) ON DELETE CASCADE,
  visitor_id integer NOT NULL,
  state text NOT NULL,
  body text NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE INDEX comments_article_id_created_at_idx ON content.comments (article_id, created_at);
CREATE INDEX comments_pending_idx ON content.comments (created_at) INCLUDE (article_id) WHERE state = 'pending';
CREATE INDEX comments_visitor_id_idx ON content.comments (visitor_id);
