import { readdirSync, readFileSync } from "node:fs";
import { join, normalize } from "node:path";
import { rules } from "../src/rules/index.js";

/** The rooms each room may import from; files beside the rooms stand for themselves. Everyone may import `errors`. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  // Pure rooms: they think and touch nothing.
  plan: [],
  rules: ["plan", "verdict"],
  calibration: ["plan"],
  verdict: ["baselines", "explain", "plan", "queries", "rules"],
  evaluation: ["baselines", "config", "plan", "verdict"],
  approval: ["config", "evaluation", "github"],
  conclusion: ["approval", "config", "evaluation", "plan", "verdict"],
  reports: [
    "accept",
    "calibrate",
    "calibration",
    "conclusion",
    "evaluation",
    "list",
    "plan",
    "queries",
    "rules",
    "show",
    "verdict",
  ],
  // Rooms that touch the world.
  sql: [],
  files: [],
  config: ["database", "rules"],
  queries: ["config", "files", "plan", "rules", "sql"],
  database: ["verdict"],
  migrations: ["files", "sql", "subprocess"],
  seed: ["config", "database", "files", "migrations", "sql", "subprocess"],
  explain: ["database", "files", "plan", "queries", "sql"],
  baselines: ["config", "database", "files", "plan", "queries", "verdict"],
  proposals: ["baselines", "config", "evaluation", "files", "migrations", "plan", "queries", "sql", "verdict"],
  cause: [
    ...["base", "config", "database", "explain", "files", "measure", "migrations", "plan", "queries", "rules", "seed"],
    ...["sql", "verdict"],
  ],
  fixes: ["database", "explain", "migrations", "plan", "sql", "verdict"],
  github: [],
  stage: ["evaluation", "github"],
  history: ["conclusion", "evaluation", "github", "plan", "verdict"],
  decisions: ["baselines", "conclusion", "config", "evaluation", "plan", "reports"],
  // The stories, and the programs.
  subprocess: [],
  base: ["baselines", "config", "database", "files", "measure", "plan", "proposals", "queries", "rules"],
  build: ["config", "database", "files", "measure", "migrations", "seed", "subprocess"],
  measure: ["build", "config", "database", "explain", "files", "migrations", "queries", "stopwatch", "verdict"],
  stopwatch: ["build", "measure"],
  doubt: ["cause", "measure", "migrations", "verdict"],
  look: ["base", "cause", "explain", "measure", "plan", "proposals", "verdict"],
  investigate: ["base", "cause", "fixes", "measure", "verdict"],
  "change-notes": ["base", "baselines", "cause", "look", "measure", "migrations", "plan", "proposals"],
  gate: [
    ...[
      "accept",
      "base",
      "baselines",
      "cause",
      "change-notes",
      "doubt",
      "evaluation",
      "investigate",
      "look",
      "measure",
      "migrations",
    ],
    ...["plan", "proposals", "verdict"],
  ],
  nightly: ["conclusion", "evaluation", "github", "history", "reports", "verdict"],
  refresh: ["evaluation", "github", "nightly"],
  accept: ["baselines", "explain", "files", "measure"],
  calibrate: ["calibration", "database", "explain", "measure", "plan"],
  show: ["baselines", "files", "measure", "plan", "queries"],
  list: ["baselines", "config", "database", "files", "queries"],
  log: ["config", "decisions", "files", "history"],
  init: ["config"],
  phases: [],
  progress: ["measure", "phases"],
  cli: ["program"],
  "command-line": ["reports"],
  program: [
    ...[
      "accept",
      "calibrate",
      "command-line",
      "config",
      "decisions",
      "gate",
      "init",
      "list",
      "log",
      "measure",
      "progress",
      "proposals",
      "reports",
    ],
    ...["show", "verdict"],
  ],
  action: [
    ...[
      "approval",
      "base",
      "baselines",
      "conclusion",
      "config",
      "database",
      "decisions",
      "evaluation",
      "files",
      "gate",
    ],
    ...["github", "history", "measure", "nightly", "phases", "refresh", "reports", "stage", "verdict"],
  ],
  post: ["action"],
};

const pure = ["plan", "rules", "calibration", "verdict", "evaluation", "approval", "conclusion", "reports"];

const files = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => ({ file, text: readFileSync(join("src", file), "utf8") }));

function roomOf(file: string): string {
  return (file.split("/")[0] ?? "").replace(/\.[jt]s$/, "");
}

test("rooms import only along the arrows", () => {
  const wrong = files.flatMap(({ file, text }) =>
    [...text.matchAll(/(?:from|import\() ?"(\.[^"]+)"/g)]
      .map(([, target = ""]) => roomOf(normalize(join(file, "..", target))))
      .filter(
        (room) => room !== roomOf(file) && room !== "errors" && room !== ".." && !arrows[roomOf(file)]?.includes(room),
      )
      .map((room) => `${file} imports ${room}`),
  );
  expect(wrong).toEqual([]);
});

test("every room is on the map, and no arrow leads nowhere", () => {
  const rooms = new Set(files.map(({ file }) => roomOf(file)));
  expect([...rooms].filter((room) => room !== "errors").sort()).toEqual(Object.keys(arrows).sort());
});

test("the pure rooms import no package but zod, what renders text, and what hashes or packs it", () => {
  const allowed = /^(zod|mdast.*|diff|js-yaml|junit-report-builder|sarif|node:(util|crypto|zlib|path|buffer))$/;
  const wrong = files
    .filter(({ file }) => pure.includes(roomOf(file)))
    .flatMap(({ file, text }) => [...text.matchAll(/from "([^."][^"]*)"/g)].map(([, name = ""]) => ({ file, name })))
    .filter(({ name }) => !allowed.test(name));
  expect(wrong).toEqual([]);
});

test("only the program reads the process or prints", () => {
  const program = new Set([
    ...["cli.ts", "program.ts", "progress.ts"],
    ...["action.ts", "post.ts", "action/clean-up.ts", "action/signals.ts"],
  ]);
  const wrong = files.filter(
    ({ file, text }) => !program.has(file) && /\bprocess\.(env|argv|stdout|stderr|exit\b)|console\./.test(code(text)),
  );
  expect(wrong.map(({ file }) => file)).toEqual([]);
});

/** Without comments, which may speak of what the code must not do. */
function code(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
}

test("every rule lies in the file of its name, is tested and documented", () => {
  const reference = readFileSync("docs/settings.md", "utf8");
  const tested = readdirSync("tests/rules");
  for (const { id } of rules) {
    expect(files.map(({ file }) => file)).toContain(`rules/${id}.ts`);
    expect(tested).toContain(`${id}.test.ts`);
    expect(reference).toContain(id);
  }
});
