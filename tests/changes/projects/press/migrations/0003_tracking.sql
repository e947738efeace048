CREATE SCHEMA tracking;

CREATE TABLE tracking.visitors (
  id integer PRIMARY KEY,
  token text NOT NULL,
  country char(2) NOT NULL,
  language text NOT NULL,
  plan text NOT NULL,
  seen_at timestamptz NOT NULL
);
CREATE INDEX visitors_token_idx ON tracking.visitors USING hash (token);
CREATE INDEX visitors_country_language_idx ON tracking.visitors (country, language);
CREATE STATISTICS tracking.visitors_country_language (dependencies) ON country, language FROM tracking.visitors;

CREATE TABLE tracking.page_views (
  article_id integer NOT NULL,
  visitor_id integer NOT NULL,
  viewed_on date NOT NULL,
  seconds integer NOT NULL
) PARTITION BY RANGE (viewed_on);
CREATE TABLE tracking.page_views_2026_03 PARTITION OF tracking.page_views FOR VALUES FROM ('2026-03-01') TO ('2026-04-01');
CREATE TABLE tracking.page_views_2026_04 PARTITION OF tracking.page_views FOR VALUES FROM ('2026-04-01') TO ('2026-05-01');
CREATE TABLE tracking.page_views_2026_05 PARTITION OF tracking.page_views FOR VALUES FROM ('2026-05-01') TO ('2026-06-01');
CREATE INDEX page_views_article_id_viewed_on_idx ON tracking.page_views (article_id, viewed_on);
CREATE INDEX page_views_visitor_id_idx ON tracking.page_views (visitor_id);

CREATE TABLE tracking.events (id bigint NOT NULL, kind text NOT NULL, visitor_id integer NOT NULL, at timestamptz NOT NULL);
CREATE TABLE tracking.events_2025 (
  CONSTRAINT events_2025_at CHECK (at >= '2025-01-01 00:00+00' AND at < '2026-01-01 00:00+00')
) INHERITS (tracking.events);
CREATE TABLE tracking.events_2026 (
  CONSTRAINT events_2026_at CHECK (at >= '2026-01-01 00:00+00' AND at < '2027-01-01 00:00+00')
) INHERITS (tracking.events);
CREATE INDEX events_2025_visitor_id_idx ON tracking.events_2025 (visitor_id);
CREATE INDEX events_2026_visitor_id_idx ON tracking.events_2026 (visitor_id);
