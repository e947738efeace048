import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import picomatch from "picomatch";
import { acceptPlans } from "../../../src/accept.js";
import { loadSettings } from "../../../src/config/load.js";
import type { Evaluation } from "../../../src/evaluation/evaluation.js";
import { runGate } from "../../../src/gate.js";
import type { RunRequest } from "../../../src/measure.js";

/** A shop of four thousand items, found by their code and counted by kind. */
export const shop = {
  "plan-gate.yml": "seed: { files: [seeds/*.sql] }\n",
  "migrations/001_items.sql": `CREATE TABLE items (id bigint PRIMARY KEY, code text NOT NULL, kind integer NOT NULL);
CREATE UNIQUE INDEX items_code_idx ON items (code);
`,
  "seeds/items.sql": "INSERT INTO items SELECT n, 'c' || n, n % 400 FROM generate_series(1, 4000) AS n;\n",
  "queries/by-code.sql": `-- name: by-code
-- cases:
--   first: ["c1"]
--   last: ["c4000"]
SELECT id FROM items WHERE code = $1;
`,
  "queries/of-kind.sql": "SELECT count(*) FROM items WHERE kind = 7;\n",
} as const;

export const dropIndex = { "migrations/002_tidy.sql": "-- Tidied up.\nDROP INDEX items_code_idx;\n" };

type Files = Readonly<Record<string, string | null>>;

interface JudgeOptions {
  /** Names or globs of the queries that take part. */
  readonly wanted?: readonly string[];
  /** The commit whose policy counts; default: the base. */
  readonly policy?: string;
  /** The settings file's folder. */
  readonly folder?: string;
  /** Stops the run when this phase begins. */
  readonly stopAt?: string;
}

/** A repository in a temporary folder, judged in this very process. */
export interface Repository extends AsyncDisposable {
  readonly root: string;
  /** The folder in which runs keep their own. */
  readonly temporary: string;
  /** Writes files, or removes them where null, and commits everything. Gives the commit. */
  commit(files: Files): Promise<string>;
  /** Writes today's plans as baselines, those of the queries named beside what was accepted, and gives those files. */
  accept(also?: readonly string[]): Promise<Readonly<Record<string, string>>>;
  /** Judges HEAD against a commit, as the action does. */
  judge(base: string, options?: JudgeOptions): Promise<Evaluation>;
}

/** Where plans are made: a server that runs, or none where each run starts its own. */
export async function makeRepository(files: Files, url: string | undefined): Promise<Repository> {
  const home = await mkdtemp(join(tmpdir(), "plan-gate-proposals-"));
  const [root, temporary] = [join(home, "project"), join(home, "tmp")];
  await mkdir(root);
  await mkdir(temporary, { mode: 0o777 });
  const server = url === undefined ? { PLAN_GATE_PROVIDER: "embedded" } : { PLAN_GATE_DATABASE_URL: url };
  const env = { ...process.env, ...(url === undefined ? {} : { TMPDIR: temporary }), ...server };
  const request = async ({ wanted = [], folder = ".", stopAt }: JudgeOptions = {}): Promise<RunRequest> => {
    const stopping = new AbortController();
    const phase = (name: string) => {
      if (name === stopAt) stopping.abort(new Error(`stopped at ${name}`));
    };
    return {
      loaded: await loadSettings({ cwd: join(root, folder), flags: {}, env }),
      wanted,
      selectsName: wanted.length === 0 ? () => true : picomatch([...wanted]),
      env: { ...env, TMPDIR: temporary },
      signal: stopping.signal,
      progress: { phase, detail() {} },
      clock: () => performance.now(),
    };
  };
  const repository: Repository = {
    root,
    temporary,
    async commit(changes) {
      await write(root, changes);
      await git(root, "add", "-A", ".");
      await git(root, "commit", "-q", "--allow-empty", "-m", "A step");
      return (await git(root, "rev-parse", "HEAD")).trim();
    },
    async accept(also = []) {
      const { written, left } = await acceptPlans({ ...(await request({ wanted: also })), beside: also.length > 0 });
      expect(left).toEqual([]);
      const texts = written.map(async ({ file }) => [file, await readFile(join(root, file), "utf8")] as const);
      return Object.fromEntries(await Promise.all(texts));
    },
    async judge(commit, options = {}) {
      try {
        return await runGate({ ...(await request(options)), base: { commit, policy: options.policy ?? commit } });
      } finally {
        expect((await readdir(temporary)).filter((name) => name.startsWith("plan-gate-"))).toEqual([]);
      }
    },
    [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true }),
  };
  await git(root, "init", "-q", "-b", "main");
  await repository.commit(files);
  return repository;
}

async function write(root: string, files: Files): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    if (text === null) await rm(join(root, path));
    else {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
  }
}

async function git(root: string, ...args: readonly string[]): Promise<string> {
  const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
  const env = { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };
  return (await promisify(execFile)("git", [...identity, ...args], { cwd: root, env })).stdout;
}

/** Outcomes by query and case: "by-code/first" is "passed". */
export function kinds({ verdict }: Evaluation): Readonly<Record<string, string>> {
  return Object.fromEntries(
    verdict.outcomes.map(({ name, case: one, kind }) => [one === null ? name : `${name}/${one}`, kind]),
  );
}

/** Proposals in short: query, kind, whether it counts, and the files it stands for. */
export function brief({ proposals }: Evaluation): readonly string[] {
  return proposals.map(({ query, kind, counts, files }) =>
    [query ?? "all", kind, counts, ...files.map(({ path, blob }) => (blob === null ? `-${path}` : path))].join(" "),
  );
}
