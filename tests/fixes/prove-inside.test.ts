import type { Database } from "../../src/database/databases.js";
import type { ProvenFix } from "../../src/verdict/verdict.js";
import { openWorkshop, type Workshop } from "./support/workshop.js";

const minutes = 180_000;

/** Queries that want more than a B-tree index on bare columns. */
const files = {
  "plan-gate.yml": "postgres: { provider: embedded }\nseed: { files: [seed.sql] }\n",
  "migrations/1.sql": `
    CREATE TABLE papers (id bigint PRIMARY KEY, title text, doc jsonb, tags text[], valid int4range, owner_id integer, reader_id integer, at timestamptz NOT NULL);
    CREATE TABLE loans (id bigint PRIMARY KEY, paper_id bigint NOT NULL);`,
  "seed.sql": `
    INSERT INTO papers SELECT n, md5(n::text) || ' paper', jsonb_build_object('k', n % 5000), ARRAY['t' || n % 5000, 'x'],
      int4range(n * 10, n * 10 + 5), n % 3000, n % 3001, timestamptz '2024-01-01 00:00+00' + n * interval '10 min'
      FROM generate_series(1, 20000) n;
    INSERT INTO loans SELECT n, n FROM generate_series(1, 19990) n;`,
  "queries/titled.sql": "SELECT id FROM papers WHERE title LIKE '%c4ca42%';\n",
  "queries/keyed.sql": `SELECT id FROM papers WHERE doc @> '{"k": 7}';\n`,
  "queries/valid.sql": "SELECT id FROM papers WHERE valid && int4range(500, 520);\n",
  "queries/either.sql": "SELECT id FROM papers WHERE owner_id = 7 OR reader_id = 8;\n",
  "queries/tagged.sql": "SELECT id FROM papers WHERE 't7' = ANY (tags);\n",
  "queries/of-day.sql": "SELECT id FROM papers WHERE at::date = date '2024-03-05';\n",
  "queries/unlent.sql": "SELECT p.id FROM papers p WHERE p.id NOT IN (SELECT l.paper_id FROM loans l);\n",
  "queries/retitle.sql": "UPDATE papers SET title = 'x' WHERE id = 5;\n",
};

/** Where each of them runs well, by the text that it had then. */
const better = `
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE INDEX ON papers USING gin (title gin_trgm_ops); CREATE INDEX ON papers USING gin (doc jsonb_path_ops);
  CREATE INDEX ON papers USING gist (valid); CREATE INDEX ON papers (owner_id); CREATE INDEX ON papers (reader_id);
  CREATE INDEX ON papers USING gin (tags); CREATE INDEX ON papers (at); ANALYZE papers`;
const texts: Readonly<Record<string, string>> = {
  tagged: "SELECT id FROM papers WHERE tags @> ARRAY['t7']",
  "of-day": "SELECT id FROM papers WHERE at >= '2024-03-05' AND at < '2024-03-06'",
  unlent: "SELECT p.id FROM papers p WHERE NOT EXISTS (SELECT 1 FROM loans l WHERE l.paper_id = p.id)",
};

describe.each([14, 18])("on Postgres %i", (major) => {
  let workshop: Workshop;
  let before: Database;

  beforeAll(async () => {
    // So little memory that NOT IN cannot keep the other side's rows.
    const settings = `${files["plan-gate.yml"].replace("embedded }", "embedded, settings: { work_mem: 64kB } }")}`;
    workshop = await openWorkshop(major, { ...files, "plan-gate.yml": settings });
    before = await workshop.copyWith(better);
  }, minutes);
  afterAll(() => workshop[Symbol.asyncDispose](), minutes);

  async function mended(name: string): Promise<ProvenFix | undefined> {
    const outcome = await workshop.outcome(name, before, texts[name]);
    expect(outcome.kind).toBe("flagged");
    const fixed = await workshop.prove([outcome]);
    return fixed.outcomes.flatMap(({ findings }) => findings.flatMap(({ fixes }) => fixes ?? []))[0];
  }

  test.each([
    ["titled", /^CREATE EXTENSION IF NOT EXISTS pg_trgm .*;\nCREATE INDEX .* USING gin \(title gin_trgm_ops\);$/],
    ["keyed", /USING gin \(doc jsonb_path_ops\);$/],
    ["valid", /USING gist \(valid\);$/],
    ["either", /^CREATE INDEX CONCURRENTLY \w+ ON public.papers \(owner_id\);\nCREATE INDEX .* \(reader_id\);$/],
    ["tagged", /^CREATE INDEX .* USING gin \(tags\);\nSELECT .* tags @> ARRAY\['t7'\]::text\[\];$/],
    ["of-day", /^CREATE INDEX .* \(at\);\nSELECT .*\(at >= date '2024-03-05' AND at < date '2024-03-05' \+ 1\);$/],
    ["unlent", /WHERE NOT EXISTS \(SELECT 1 FROM loans l WHERE l.paper_id = p.id\);$/],
  ])(
    "%s is mended by %s",
    async (name, sql) => {
      const fix = await mended(name);
      expect(fix?.sql).toMatch(sql);
      expect(fix?.cost.with).toBeLessThan((fix?.cost.without ?? 0) / 2);
    },
    minutes,
  );

  test(
    "the index's cost for the writes of its table is measured",
    async () => {
      const fix = await mended("keyed");
      expect(fix?.writes?.map(({ query }) => query)).toEqual(["retitle"]);
      const blocks = fix?.writes?.[0]?.blocks;
      expect(blocks?.with).toBeGreaterThan(blocks?.without ?? 0);
      expect((await mended("unlent"))?.writes).toBeUndefined();
    },
    minutes,
  );
});
