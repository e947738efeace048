CREATE FUNCTION current_org() RETURNS integer LANGUAGE sql STABLE
  AS $$ SELECT current_setting('app.org_id')::integer $$;

CREATE FUNCTION live_benches(org integer) RETURNS SETOF benches LANGUAGE sql STABLE
  AS $$ SELECT * FROM benches WHERE org_id = org AND NOT deleted $$;

CREATE VIEW latest_builds AS
  SELECT b.id AS bench_id, b.blueprint_id, b.owner_id, l.id AS build_id, l.build_number, l.transition, l.state, l.error
  FROM benches AS b
  LEFT JOIN LATERAL (
    SELECT bb.id, bb.build_number, bb.transition, r.state, r.error
    FROM builds AS bb
    JOIN runs AS r ON r.id = bb.run_id
    WHERE bb.bench_id = b.id
    ORDER BY bb.build_number DESC
    LIMIT 1
  ) AS l ON true
  WHERE NOT b.deleted;

CREATE VIEW bench_details AS
  SELECT b.id, b.name, b.labels, b.org_id, b.owner_id, b.blueprint_id, b.last_used_at, p.username AS owner_name, p.avatar_url,
         t.name AS blueprint_name, o.slug AS org_slug, g.logo_url
  FROM benches AS b
  JOIN people AS p ON p.id = b.owner_id
  JOIN blueprints AS t ON t.id = b.blueprint_id
  JOIN orgs AS o ON o.id = b.org_id
  LEFT JOIN org_branding AS g ON g.org_id = b.org_id
  WHERE NOT b.deleted;

CREATE MATERIALIZED VIEW blueprint_usage AS
  SELECT b.blueprint_id, count(DISTINCT b.id) AS benches, count(*) AS builds, max(bb.created_at) AS newest
  FROM benches AS b
  JOIN builds AS bb ON bb.bench_id = b.id
  WHERE NOT b.deleted
  GROUP BY b.blueprint_id;
CREATE UNIQUE INDEX blueprint_usage_blueprint_id_key ON blueprint_usage (blueprint_id);

CREATE FUNCTION count_build() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
  INSERT INTO org_usage (org_id, day, builds)
  SELECT b.org_id, (new.created_at AT TIME ZONE 'UTC')::date, 1 FROM benches AS b WHERE b.id = new.bench_id
  ON CONFLICT (org_id, day) DO UPDATE SET builds = org_usage.builds + 1;
  RETURN NULL;
END $$;
CREATE TRIGGER builds_count AFTER INSERT ON builds FOR EACH ROW EXECUTE FUNCTION count_build();

ALTER TABLE benches ENABLE ROW LEVEL SECURITY;
CREATE POLICY benches_of_org ON benches USING (org_id = current_org());
ALTER TABLE audit_events ENABLE ROW LEVEL SECURITY;
CREATE POLICY audit_events_of_org ON audit_events USING (org_id = current_org());

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO workbench_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO workbench_app;
