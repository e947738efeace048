import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { type BaseBuild, openBase } from "../../../src/base.js";
import { findCauses } from "../../../src/cause/find-causes.js";
import { loadSettings } from "../../../src/config/load.js";
import { openBuild, type RunRequest } from "../../../src/measure.js";
import { type Comparing, compareSubject } from "../../../src/verdict/compare.js";
import type { Cause, Outcome } from "../../../src/verdict/verdict.js";

type Files = Readonly<Record<string, string | null>>;

/** A store with twenty thousand orders: what is registered uses indexes, a view, a function and a role of its own. */
export const store = {
  "plan-gate.yml": `postgres: { provider: embedded, version: 17 }
seed: { files: [seeds/*.sql] }
explain: { role: clerk }
`,
  "migrations/001_store.sql": `CREATE ROLE clerk;
CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL, city text NOT NULL);
CREATE UNIQUE INDEX customers_email_idx ON customers (email);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL, status text NOT NULL, total integer NOT NULL);
CREATE INDEX orders_customer_id_idx ON orders (customer_id);
CREATE INDEX orders_total_idx ON orders (total);
CREATE INDEX orders_total_status_idx ON orders (total, status);
CREATE TABLE payments (id bigint PRIMARY KEY, order_id bigint NOT NULL);
CREATE TABLE ledger (payment_id bigint CONSTRAINT ledger_key UNIQUE);
CREATE FUNCTION note_payment() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
  'BEGIN INSERT INTO ledger VALUES (new.id) ON CONFLICT (payment_id) DO NOTHING; RETURN new; END';
CREATE TRIGGER payments_noted AFTER INSERT ON payments FOR EACH ROW WHEN (new.id > 1000) EXECUTE FUNCTION note_payment();
`,
  "migrations/002_views.sql": `CREATE VIEW cheap_orders AS SELECT * FROM orders WHERE total < 900;
CREATE FUNCTION account(n bigint) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN n; END';
GRANT SELECT ON ALL TABLES IN SCHEMA public TO clerk;
GRANT INSERT ON payments TO clerk;
`,
  "seeds/store.sql": `INSERT INTO customers SELECT n, 'c' || n || '@example.com', 'city ' || n % 50 FROM generate_series(1, 4000) AS n;
INSERT INTO orders SELECT n, 1 + n % 4000, CASE WHEN n % 500 = 0 THEN 'open' ELSE 'done' END, n % 1000 FROM generate_series(1, 20000) AS n;
INSERT INTO payments SELECT n, n FROM generate_series(1, 100) AS n;
`,
  "queries/add-payment.sql": "INSERT INTO payments VALUES (500000, 5);\n",
  "queries/by-email.sql": "SELECT id, city FROM customers\nWHERE email = 'c77@example.com';\n",
  "queries/paid-order.sql": "SELECT o.total FROM payments AS p JOIN orders AS o ON o.id = p.order_id WHERE p.id = 5;\n",
  "queries/cheap-orders.sql": "SELECT id FROM cheap_orders WHERE customer_id = 7;\n",
  "queries/of-account.sql": "SELECT id, total FROM orders WHERE customer_id = account(42);\n",
  "queries/by-total.sql": "SELECT id, customer_id FROM orders WHERE total = 17;\n",
  "queries/done-orders.sql":
    "SELECT o.id, c.city FROM orders AS o JOIN customers AS c ON c.id = o.customer_id WHERE o.status = 'done';\n",
} as const;

/** Migrations beside which a guilty one stands. */
export const harmless = [
  "COMMENT ON TABLE orders IS 'What customers ordered';\nALTER TABLE customers ADD COLUMN nick text;\n",
  "CREATE TABLE audit (id bigint PRIMARY KEY, what text);\nCREATE INDEX audit_what_idx ON audit (what);\n",
] as const;

/** The store's base, built once, and changes of it. */
export interface Store extends AsyncDisposable {
  /** The causes of what got worse, by query; the first finding of each counts. */
  causesOf(
    change: Files,
    options?: { readonly withoutBase?: true; readonly budgetSeconds?: number },
  ): Promise<Readonly<Record<string, Cause | null>>>;
}

/**
 * Builds the base once; each change is built, compared and explained on its own. `own` files are the store's as well, or
 * stand in place of its files, and null ones are not there; `env` goes over the tests' own.
 */
export async function openStore(own: Files = {}, env: Readonly<Record<string, string>> = {}): Promise<Store> {
  const all = Object.fromEntries(Object.entries({ ...store, ...own }).filter(([, text]) => text !== null));
  const home = await mkdtemp(join(tmpdir(), "plan-gate-cause-"));
  const write = async (files: Files) => {
    for (const [path, text] of Object.entries(files)) {
      if (text === null) await rm(join(home, path));
      else {
        await mkdir(dirname(join(home, path)), { recursive: true });
        await writeFile(join(home, path), text);
      }
    }
  };
  const requestOf = async (): Promise<RunRequest> => ({
    loaded: await loadSettings({ cwd: home, flags: {}, env }),
    wanted: [],
    selectsName: () => true,
    env: { ...process.env, ...env },
    signal: new AbortController().signal,
    progress: { phase() {}, detail() {} },
    clock: () => performance.now(),
  });
  await write(all);
  await git(home, "init", "-q", "-b", "main");
  await git(home, "add", "-A");
  await git(home, "commit", "-q", "-m", "The store");
  const commit = (await git(home, "rev-parse", "HEAD")).trim();
  const names = Object.keys(all).flatMap((path) => /^queries\/(.*)\.sql$/.exec(path)?.[1] ?? []);
  const base = await openBase(await requestOf(), { commit, queries: new Set(names), conditions: "base" });
  return {
    async causesOf(change, { withoutBase, budgetSeconds = 600 } = {}) {
      await write(change);
      try {
        const request = await requestOf();
        await using head = await openBuild(request);
        const comparing = comparingFor(head.measurement.catalog);
        const outcomes = compareAll(base, head.measurement, comparing);
        const deadline = request.clock() + budgetSeconds * 1_000;
        const known = withoutBase ? undefined : base;
        const found = await findCauses({ outcomes, head, base: known, comparing, request, deadline });
        return Object.fromEntries(
          found.outcomes
            .filter(({ kind }) => kind === "flagged" || kind === "broken")
            .map(({ name, findings }) => [name, findings.find(({ severity }) => severity !== "info")?.cause ?? null]),
        );
      } finally {
        for (const path of Object.keys(change)) if (!(path in all)) await rm(join(home, path), { force: true });
        await write(all);
      }
    },
    async [Symbol.asyncDispose]() {
      await base[Symbol.asyncDispose]();
      await rm(home, { recursive: true, force: true });
    },
  };
}

function comparingFor(catalog: BaseBuild["measurement"]["catalog"]): Comparing {
  return {
    against: "base",
    rulesFor: () => [],
    rowsOf: (relation) => catalog.rowsOf(relation),
    tieMaxRatio: 1.1,
    causeOf: () => null,
  };
}

function compareAll(base: BaseBuild, head: BaseBuild["measurement"], comparing: Comparing): readonly Outcome[] {
  return head.subjects.flatMap((subject) => {
    const twin = base.measurement.subjects.find(({ query }) => query.name === subject.query.name);
    const before = twin && base.measurement.planned.get(twin);
    const after = head.planned.get(subject);
    if (before?.kind !== "plan" || !after || after.kind === "unknown") throw new Error(subject.query.name);
    const described = { name: subject.query.name, case: null, plan: subject.kind };
    return compareSubject(comparing, described, { case: null, kind: subject.kind, plan: before.plan }, after);
  });
}

async function git(root: string, ...args: readonly string[]): Promise<string> {
  const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
  const env = { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };
  return (await promisify(execFile)("git", [...identity, ...args], { cwd: root, env })).stdout;
}
