import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { settingsJsonSchema } from "../../src/config/reference.js";
import { parseSettings } from "../../src/config/settings.js";
import { readYaml } from "../../src/config/yaml.js";
import { workTree } from "../../src/files/tree.js";
import { init, nextSteps } from "../../src/init.js";
import { findQueries } from "../../src/queries/find.js";

const validate = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true }).compile(
  settingsJsonSchema(),
);

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "plan-gate-init-"));
});

afterEach(() => rm(root, { recursive: true }));

async function put(path: string, text = "SELECT 1;\n"): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

const textOf = (path: string) => readFile(join(root, path), "utf8");
const settings = async () => parseSettings(await textOf("plan-gate.yml"), "plan-gate.yml");

async function written(): Promise<readonly string[]> {
  const steps = await init(root, "1.2.3");
  return steps.filter(({ outcome }) => outcome === "written").map(({ path }) => path);
}

test("an empty folder gets settings, a migration, a query and a workflow", async () => {
  expect(await written()).toEqual([
    "migrations/0001_example.sql",
    "queries/example.sql",
    ".github/workflows/plan-gate.yml",
    "plan-gate.yml",
  ]);
  expect(await settings()).toEqual(parseSettings("", "plan-gate.yml"));
});

test("a second run writes nothing and says so", async () => {
  await init(root, "1.2.3");
  await put("queries/example.sql", "-- mine\n");
  await rm(join(root, "migrations"), { recursive: true });
  expect(await init(root, "9.9.9")).toEqual([
    { path: ".github/workflows/plan-gate.yml", outcome: "kept" },
    { path: "plan-gate.yml", outcome: "kept" },
  ]);
  expect(await textOf("queries/example.sql")).toBe("-- mine\n");
  expect(await readdir(root)).not.toContain("migrations");
});

test.each([
  "migrations",
  "db/migrations",
  "db/migrate",
  "database/migrations",
  "src/main/resources/db/migration",
  "sql/migrations",
])("migrations in %s are found", async (dir) => {
  await put(`${dir}/V1__start.sql`);
  expect(await written()).not.toContain("migrations/0001_example.sql");
  expect((await settings()).migrations).toEqual({ dir });
});

test("a folder of SQL files wins over one that some tool fills with something else", async () => {
  await put("migrations/001.js");
  await put("sql/migrations/001.sql");
  await init(root, "1.2.3");
  expect((await settings()).migrations).toEqual({ dir: "sql/migrations" });
});

test("a folder of migrations without SQL gets no example among them, and a word about commands", async () => {
  await put("migrations/001.js");
  await init(root, "1.2.3");
  expect(await readdir(join(root, "migrations"))).toEqual(["001.js"]);
  expect(await textOf("plan-gate.yml")).toContain("There is no .sql file in migrations.");
});

test.each(["seeds", "seed", "db/seeds"])("seeds in %s are found", async (dir) => {
  await put(`${dir}/01.sql`);
  await init(root, "1.2.3");
  expect((await settings()).seed).toEqual({ files: [`${dir}/*.sql`] });
});

test("queries that are there already keep the example away", async () => {
  await put("queries/orders/top.sql");
  expect(await init(root, "1.2.3")).toContainEqual({ path: "queries/", outcome: "kept" });
  expect(await readdir(join(root, "queries"))).toEqual(["orders"]);
});

test.each(["plan-gate.yml", "plan-gate.yaml"])("%s that is there is kept as it is", async (file) => {
  await put(file, "strict: true\n");
  expect(await init(root, "1.2.3")).toContainEqual({ path: file, outcome: "kept" });
  expect(await textOf(file)).toBe("strict: true\n");
  expect((await readdir(root)).filter((name) => name.startsWith("plan-gate"))).toEqual([file]);
});

test("the settings fit the JSON Schema, as they are and with every # taken away", async () => {
  await init(root, "1.2.3");
  const text = await textOf("plan-gate.yml");
  const mappingOf = (yaml: string) => readYaml(yaml, { file: "plan-gate.yml" }).value as Record<string, object>;
  const all = text.replaceAll(/^#(?=\S| {2})/gm, "").replaceAll(/ {2}# for example$/gm, "");
  const [asIs, uncommented] = [mappingOf(text), mappingOf(all)];
  // Alternatives: only one may be set at once.
  delete (uncommented["seed"] as { command?: string }).command;
  for (const value of [asIs, uncommented])
    expect({ ok: validate(value), errors: validate.errors }).toMatchObject({ ok: true });
  expect(Object.keys(uncommented)).toEqual(Object.keys(settingsJsonSchema().properties ?? {}));
  expect(parseSettings(JSON.stringify(uncommented), "plan-gate.yml").explain).toEqual({
    ...parseSettings("", "plan-gate.yml").explain,
    session: "sql/session.sql",
    role: "app",
  });
});

test("every line of the settings fits a reader's window", async () => {
  await put("seeds/01.sql");
  await init(root, "1.2.3");
  const lines = (await textOf("plan-gate.yml")).split("\n");
  expect(lines.filter((line) => line.length > 110)).toEqual([]);
});

test("the example query is read with its cases", async () => {
  await init(root, "1.2.3");
  const { queries, problems } = await findQueries(workTree(root), ["queries"]);
  expect(problems).toEqual([]);
  expect(queries).toMatchObject([
    {
      name: "example",
      owner: "@your-team",
      cases: [
        { name: "few rows", values: ["10"] },
        { name: "many rows", values: ["100000"] },
      ],
    },
  ]);
});

describe("the workflow", () => {
  const file = ".github/workflows/plan-gate.yml";
  const commit = "0123456789abcdef0123456789abcdef01234567";
  const release = { version: "1.2.3", repository: "acme/plan-gate", commit };

  interface Workflow {
    readonly jobs: Readonly<Record<string, { readonly steps: readonly { uses: string; with?: object }[] }>>;
  }
  const lastStep = async (path: string) =>
    (readYaml(await textOf(path), { file: path }).value as Workflow).jobs["plan-gate"]?.steps.at(-1);

  test("runs the release that wrote it, by its full hash", async () => {
    await init(root, "1.2.3", { release });
    expect(await textOf(file)).toContain(`uses: acme/plan-gate@${commit} # v1.2.3\n`);
    expect(await textOf(file)).not.toContain("OWNER");
  });

  test("of a copy that was not released names the version's tag, and says what is left to do", async () => {
    await init(root, "1.2.3");
    const text = await textOf(file);
    expect(text).toContain("uses: OWNER/plan-gate@v1.2.3\n");
    expect(text).toContain("# Replace OWNER by");
    expect(text).toContain("# A tag can be moved: pin plan-gate to the full hash");
  });

  test("below the top of a repository is written to its top, and works on the settings below", async () => {
    await mkdir(join(root, ".git"));
    await mkdir(join(root, "packages", "db"), { recursive: true });
    const steps = await init(join(root, "packages", "db"), "1.2.3", { release });
    expect(steps).toContainEqual({ path: `../../${file}`, outcome: "written" });
    expect(await lastStep(file)).toMatchObject({ with: { config: "packages/db/plan-gate.yml" } });
    expect(await readdir(join(root, "packages", "db"))).not.toContain(".github");
  });

  test("that another part of the repository has written is kept", async () => {
    await mkdir(join(root, ".git"));
    await put(file, "name: theirs\n");
    await mkdir(join(root, "db"));
    expect(await init(join(root, "db"), "1.2.3")).toContainEqual({ path: `../${file}`, outcome: "kept" });
    expect(await textOf(file)).toBe("name: theirs\n");
  });

  test("names a settings file that is not called as usual", async () => {
    await put("plan-gate.yaml", "");
    await init(root, "1.2.3", { release });
    expect(await lastStep(file)).toMatchObject({ with: { config: "plan-gate.yaml" } });
  });

  test("is the one that was asked for, or several", async () => {
    const steps = await init(root, "1.2.3", { workflows: ["two-stage", "nightly"] });
    expect(steps.map(({ path }) => path).filter((path) => path.startsWith(".github"))).toEqual([
      file,
      ".github/workflows/plan-gate-report.yml",
      ".github/workflows/plan-gate-nightly.yml",
    ]);
  });

  test("comes beside settings that are there already", async () => {
    await init(root, "1.2.3");
    expect(await init(root, "1.2.3", { workflows: ["approve"] })).toEqual([
      { path: ".github/workflows/plan-gate-approve.yml", outcome: "written" },
      { path: "plan-gate.yml", outcome: "kept" },
    ]);
  });

  test("that nobody knows is refused with those that there are", async () => {
    await expect(init(root, "1.2.3", { workflows: ["matrx"] })).rejects.toMatchObject({
      message: "there is no workflow `matrx`",
      hint: "Choose simple, two-stage, approve, nightly, matrix, workflow-call.",
    });
  });

  test("and another one with the same file are refused together", async () => {
    await expect(init(root, "1.2.3", { workflows: ["simple", "matrix"] })).rejects.toMatchObject({
      message: "two of the workflows are the same file, `.github/workflows/plan-gate.yml`",
    });
    expect(await readdir(root)).toEqual([]);
  });

  test("comes with what is left to do on GitHub, and with the names of the others", () => {
    expect(nextSteps()).toEqual([
      expect.stringContaining("`plan-gate accept`"),
      "After the merge, require the check `plan-gate` (source: GitHub Actions).",
      "Other workflows, by `plan-gate init --workflow <name>`: two-stage, approve, nightly, matrix, workflow-call.",
    ]);
  });
});

describe("refuses to write", () => {
  test("through a symbolic link, and then writes nothing at all", async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), "plan-gate-elsewhere-"));
    try {
      await symlink(elsewhere, join(root, ".github"));
      await expect(init(root, "1.2.3")).rejects.toMatchObject({
        code: "write-refused",
        message: "cannot write `.github/workflows/plan-gate.yml`: `.github` is a symbolic link",
      });
      expect(await readdir(elsewhere)).toEqual([]);
      expect(await readdir(root)).toEqual([".github"]);
    } finally {
      await rm(elsewhere, { recursive: true });
    }
  });

  test("over a link that leads nowhere", async () => {
    await symlink("/nowhere/at/all", join(root, "plan-gate.yml"));
    await expect(init(root, "1.2.3")).rejects.toMatchObject({ code: "write-refused" });
    expect((await lstat(join(root, "plan-gate.yml"))).isSymbolicLink()).toBe(true);
  });

  test("below a file that stands where a folder must be", async () => {
    await put("queries", "a file");
    await expect(init(root, "1.2.3")).rejects.toMatchObject({
      message: "cannot write `queries/example.sql`: `queries` is not a folder",
    });
  });

  test("into a folder that is not there", async () => {
    await expect(init(join(root, "nothing"), "1.2.3")).rejects.toMatchObject({ code: "input-missing" });
  });

  test("into a folder that may not be written to", async () => {
    await chmod(root, 0o555);
    // The superuser may write everywhere, so it becomes nobody for a while.
    const before = process.geteuid?.();
    if (before === 0) process.seteuid?.(65534);
    try {
      const refusal = {
        code: "write-refused",
        message: expect.stringContaining("cannot write `migrations/0001_example.sql`"),
      };
      await expect(init(root, "1.2.3")).rejects.toMatchObject(refusal);
    } finally {
      if (before === 0) process.seteuid?.(0);
      await chmod(root, 0o700);
    }
  });
});
