import { execFile } from "node:child_process";
import { cp, readdir, readFile, stat } from "node:fs/promises";
import { basename, delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { dropIndex, library, makeProject, type Project } from "./support/library.js";
import { cli, type Run } from "./support/plan-gate.js";

const run = promisify(execFile);

let packing: Project;
let tarball: string;

/** npm's own settings of this machine, and nothing of the script that runs these tests. */
const inherited = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(npm_(?!config_(registry|userconfig|cache)$)|NODE_OPTIONS|PLAN_GATE_)/.test(name),
  ),
);
const env = { ...inherited, PATH: [dirname(process.execPath), process.env["PATH"]].join(delimiter) };

beforeAll(async () => {
  packing = await makeProject({});
  // A copy: packing changes package.json for a moment, and other tests read it.
  const kept = new Set([
    "package.json",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "scripts",
    "schema",
    "docs",
    "src",
    "tests",
  ]);
  for (const name of await readdir("."))
    if (kept.has(name)) await cp(name, join(packing.root, name), { recursive: true });
  await cp(dirname(cli), join(packing.root, "dist"), { recursive: true });
  const { stdout } = await run("npm", ["pack", "--json"], { cwd: packing.root, env });
  const [packed] = JSON.parse(stdout) as readonly { readonly filename: string }[];
  tarball = join(packing.root, String(packed?.filename));
}, 60_000);
afterAll(() => packing[Symbol.asyncDispose]());

test("packing leaves package.json as it was", async () => {
  expect(await readFile(join(packing.root, "package.json"), "utf8")).toBe(await readFile("package.json", "utf8"));
  expect(await readdir(packing.root)).not.toContain("package.json.unpacked");
});

test("the package is small and holds what runs and what a reader needs, no sources and no binaries", async () => {
  expect((await stat(tarball)).size).toBeLessThan(15 * 1024 * 1024);
  const { stdout } = await run("tar", ["-tzf", tarball]);
  const files = stdout
    .trim()
    .split("\n")
    .map((path) => path.replace(/^package\//, ""));
  expect(files).toEqual(
    expect.arrayContaining([
      "package.json",
      "LICENSE",
      "dist/cli.js",
      "dist/index.js",
      "dist/post.js",
      "dist/licenses.txt",
      "dist/chunks/libpg-query.wasm",
      "schema/plan-gate.schema.json",
    ]),
  );
  const others = files.filter(
    (path) =>
      !/^(package\.json|[A-Z]+(\.md)?|dist\/(cli|index|post)\.js|dist\/licenses\.txt|dist\/chunks\/[\w-]+\.(js|wasm)|(schema|docs)\/[\w./-]+\.(json|md))$/.test(
        path,
      ),
  );
  expect(others).toEqual([]);
});

test("installed in an empty folder it brings nothing else, and works there on a schema of the folder's own", async () => {
  const { "plan-gate.yml": _, ...schema } = library;
  await using project = await makeProject(schema);
  const cache = join(project.temporary, "cache");
  const there = {
    cwd: project.root,
    env: { ...env, TMPDIR: project.temporary, XDG_CACHE_HOME: cache, PLAN_GATE_PROVIDER: "embedded" },
  };
  await run("npm", ["install", "--no-audit", "--no-fund", tarball], there);
  expect(await readdir(join(project.root, "node_modules"))).toEqual([".bin", ".package-lock.json", "plan-gate"]);
  const planGate = (...args: readonly string[]): Promise<Run> =>
    run("npx", ["plan-gate", ...args], there).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (failed: Run) => failed,
    );
  expect(await planGate("init")).toMatchObject({ code: 0, stdout: expect.stringContaining("written plan-gate.yml") });
  const accepted = await planGate("accept");
  expect(accepted).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^new +baselines\/pg17\/book-by-isbn\.yml$/m),
  });
  expect(accepted.stderr).toMatch(/fetching Postgres 17/);
  expect((await readdir(join(cache, "plan-gate", "postgres"))).map((name) => basename(name))).toHaveLength(1);
  const checked = await planGate("check");
  expect(checked).toMatchObject({ code: 0, stdout: expect.stringContaining("4 plans, none worse") });
  expect(checked.stderr).not.toMatch(/fetching/);
  await project.put({ "migrations/003_tidy.sql": dropIndex });
  expect((await planGate("check")).code).toBe(1);
}, 180_000);
