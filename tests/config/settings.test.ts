import { parseSettings } from "../../src/config/settings.js";
import { PlanGateError } from "../../src/errors.js";

const parse = (text: string) => parseSettings(text, "plan-gate.yml");

function complaint(text: string): string {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof PlanGateError) return `${error.place?.file}:${error.place?.line}: ${error.message}`;
    throw error;
  }
  throw new Error(`nothing was wrong with ${text}`);
}

test("an empty file gives the defaults", () => {
  expect(parse("")).toEqual({
    postgres: {
      provider: "auto",
      locale: "C",
      settings: {},
      extensions: [],
      initScripts: [],
      startTimeoutSeconds: 60,
      superuser: false,
    },
    migrations: { dir: "migrations" },
    queries: ["queries"],
    baselines: "baselines",
    explain: { analyze: true, timeoutSeconds: 30, maxAnalyzeCost: 1_000_000 },
    rules: {},
    investigate: { causes: true, fixes: true, budgetSeconds: 60 },
    tieMaxRatio: 1.1,
    strict: false,
    enforce: true,
    watch: [],
    approval: {
      mode: "label",
      label: "plan-gate:approve",
      minimumRole: "write",
      authorMayApprove: true,
      baselines: "author",
    },
  });
});

test("a section whose lines are all commented out counts as absent", () => {
  expect(parse("postgres:\n  # version: 17\nseed:\nrules:\n")).toEqual(parse(""));
});

test.each(["17", '"17"', "'17'"])("the version may be written as %s", (version) => {
  expect(parse(`postgres: {version: ${version}}`).postgres.version).toBe(17);
});

test("server settings become the text that PostgreSQL takes", () => {
  const { settings } = parse(
    "postgres:\n  settings:\n    enable_seqscan: off\n    jit: true\n    enable_nestloop: false\n    random_page_cost: 1.1\n    work_mem: 64MB\n    pg_trgm.similarity_threshold: 0.5\n",
  ).postgres;
  expect(settings).toEqual({
    enable_seqscan: "off",
    jit: "on",
    enable_nestloop: "off",
    random_page_cost: "1.1",
    work_mem: "64MB",
    "pg_trgm.similarity_threshold": "0.5",
  });
});

test("a URL in the file means the url provider, unless the file names another", () => {
  expect(parse("postgres: {url: 'postgres://h/d'}").postgres.provider).toBe("url");
  expect(parse("postgres: {url: 'postgres://h/d', provider: embedded}").postgres.provider).toBe("embedded");
});

test("one folder of queries and a list of them mean the same", () => {
  expect(parse("queries: sql").queries).toEqual(["sql"]);
  expect(parse("queries: [sql, 'app/**/*.sql']").queries).toEqual(["sql", "app/**/*.sql"]);
});

test("migrations and seed are a folder or files, or a command", () => {
  expect(parse("migrations: {command: make migrate}").migrations).toEqual({ command: "make migrate" });
  expect(parse("migrations: {dir: ../db/migrations}").migrations).toEqual({ dir: "../db/migrations" });
  expect(parse("seed: {files: [seeds/*.sql], after: '12'}").seed).toEqual({ files: ["seeds/*.sql"], after: "12" });
  expect(parse("seed: {command: make seed}").seed).toEqual({ command: "make seed" });
});

test("a rule takes a severity alone or a mapping", () => {
  expect(parse("rules: {cost-increased: off, index-scan-lost: {minRows: 5}}").rules).toEqual({
    "cost-increased": { severity: "off" },
    "index-scan-lost": { minRows: 5 },
  });
});

test("a rule takes a severity or a mapping for a single relation", () => {
  const text =
    "rules: {cost-increased: {severity: warn, relations: {public.audit_log: off, public.orders: {maxRatio: 3}}}}";
  expect(parse(text).rules).toEqual({
    "cost-increased": {
      severity: "warn",
      relations: { "public.audit_log": { severity: "off" }, "public.orders": { maxRatio: 3 } },
    },
  });
});

test.each([
  ["postgres:\n  verison: 17", "2: unknown key `postgres.verison`: did you mean `version`?"],
  ["version: 17", "1: unknown key `version`: did you mean `postgres.version`?"],
  ["postgres:\n  version: 13", "2: `postgres.version` must be one of 14, 15, 16, 17, 18, not `13`"],
  [
    "postgres: {provider: docker}",
    "1: `postgres.provider` must be one of `auto`, `container`, `embedded`, `local` or `url`, not `docker`",
  ],
  ["postgres: {url: 'mysql://user:secret@h'}", "1: `postgres.url` must begin with `postgres://` or `postgresql://`"],
  ["postgres: {settings: {port: 5433}}", "1: `postgres.settings.port` must be left to plan-gate, which sets it itself"],
  [
    "postgres: {settings: {'a b': 1}}",
    "1: `postgres.settings.a b` must be the name of a PostgreSQL setting: letters, digits, `_` and `.`",
  ],
  [
    "postgres: {settings: {work_mem: }}",
    "1: `postgres.settings.work_mem` must be text, or a number, or true or false, not empty",
  ],
  ["migrations: {}", "1: `migrations` needs `dir` or `command`"],
  ["migrations: {dir: a, command: b}", "1: `migrations` must have either `dir` or `command`, not both"],
  ["migrations:\n  dri: a", "2: unknown key `migrations.dri`: did you mean `dir`?"],
  ["migrations: db", "1: `migrations` must be a mapping (`key: value`), not `db`"],
  ["seed: {after: V1}", "1: `seed` needs `files` or `command`"],
  ["seed: {files: []}", "1: `seed.files` must not be empty"],
  [
    "migrations: {command: m}\nseed:\n  files: [a]\n  after: V1",
    "4: `seed.after` needs `migrations.dir`: a command's migrations are not known one by one",
  ],
  ["queries: {}", "1: `queries` must be text, or a list, not a mapping"],
  ["strict: 1", "1: `strict` must be true or false, not `1`"],
  ["explain: {timeoutSeconds: 0}", "1: `explain.timeoutSeconds` must be more than 0, not `0`"],
  ["rules: {index-scan-lst: off}", "1: unknown key `rules.index-scan-lst`: did you mean `index-scan-lost`?"],
  [
    "rules:\n  cost-increased:\n    relations:\n      audit_log: off",
    "4: `rules.cost-increased.relations.audit_log` has a table without its schema: write `public.orders`",
  ],
  [
    "rules:\n  cost-increased:\n    relations:\n      public.audit_log: loud",
    "4: `rules.cost-increased.relations.public.audit_log` must be one of `error`, `warn`, `info` or `off`, or a mapping (`key: value`), not `loud`",
  ],
  [
    "rules:\n  cost-increased:\n    relations:\n      public.audit_log:\n        maxRatoi: 2",
    "5: unknown key `rules.cost-increased.relations.public.audit_log.maxRatoi`: did you mean `maxRatio`?",
  ],
  ["rules: {index-scan-lost: {minRow: 5}}", "1: unknown key `rules.index-scan-lost.minRow`: did you mean `minRows`?"],
])("%j is refused", (text, says) => {
  expect(complaint(text)).toBe(`plan-gate.yml:${says}`);
});

describe("baselines, the folder that is written to,", () => {
  test.each(["baselines", "db/plans/", "./a/../b", ".plans"])("may be %s", (path) => {
    expect(parse(`baselines: ${path}`).baselines).toBe(path);
  });

  test.each([
    "../x",
    "a/../../x",
    "/tmp/x",
    ".",
    "a/..",
    ".git/x",
    "a/.git",
    ".GitHub/workflows",
    "C:/x",
    "~/x",
    "'a\\b'",
  ])("may not be %s", (path) => {
    expect(complaint(`baselines: ${path}`)).toMatch(/^plan-gate\.yml:1: `baselines` must /);
  });
});
