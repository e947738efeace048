import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { patchOf } from "../../src/evaluation/patch.js";
import { candidate } from "./sets.js";

const run = promisify(execFile);

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "plan-gate-patch-"));
  await run("git", ["init", "--quiet", root]);
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** Has git itself turn `before` into what it makes of a patch to `after`. */
async function applied(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>) {
  for (const [path, text] of Object.entries(before)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  const candidates = Object.entries(after).map(([path, text]) => ({ query: "q", path, text }));
  const patch = patchOf(candidates, (path) => before[path]);
  const file = join(root, "accept.patch");
  await writeFile(file, patch);
  if (patch !== "") await run("git", ["-C", root, "apply", "--whitespace=error-all", file]);
  return { patch, read: (path: string) => readFile(join(root, path), "utf8") };
}

test("git applies changed and new baselines, whatever their folder is called", async () => {
  const [old, fresh] = [candidate("orders", { cost: 8.3 }), candidate("orders", { cost: 9 })];
  const after = {
    "baselines/pg17/orders.yml": fresh.text,
    "baselines/pg17/reports/day.yml": candidate("reports/day").text,
    'ba se"lines/ünï/pg17/a.yml': candidate("a").text,
    "-x/pg17/a.yml": candidate("a").text,
  };
  const before = { "baselines/pg17/orders.yml": old.text, 'ba se"lines/ünï/pg17/a.yml': old.text };
  const { patch, read } = await applied(before, after);
  for (const [path, text] of Object.entries(after)) expect(await read(path)).toBe(text);
  expect(patch).toContain("--- a/baselines/pg17/orders.yml\n+++ b/baselines/pg17/orders.yml\n@@ -");
  expect(patch).toContain("new file mode 100644\n--- /dev/null\n+++ b/baselines/pg17/reports/day.yml\n@@ -0,0 +1,");
});

test("only the lines that differ are in it", () => {
  const [old, fresh] = [candidate("orders", { cost: 8.3 }), candidate("orders", { cost: 9 })];
  const lines = patchOf([fresh], () => old.text).split("\n");
  expect(lines.filter((line) => /^[-+](?![-+])/.test(line))).toEqual([
    expect.stringMatching(/^- .*cost=0\.\.8\.3/),
    expect.stringMatching(/^\+ .*cost=0\.\.9/),
  ]);
});

test("a file that is as proposed is not in it", () => {
  const same = candidate("orders");
  expect(patchOf([same], () => same.text)).toBe("");
  expect(patchOf([], () => undefined)).toBe("");
});

test.each([
  ["a line end is added", "a\nb", "a\nb\n"],
  ["a line end is taken away", "a\nb\n", "a\nb"],
  ["neither has a line end", "a\nb", "a\nc"],
  ["the file was empty", "", "a\n"],
  ["line ends become git's", "a\r\nb\r\n", "a\nb\n"],
  ["a line looks like a header", "--- a/x\n", "+++ b/y\n@@ -1,1 +1,1 @@\n"],
])("git applies it where %s", async (_, before, after) => {
  const { read } = await applied({ "f.yml": before }, { "f.yml": after });
  expect(await read("f.yml")).toBe(after);
});

test("what changed beyond measure is replaced as a whole", async () => {
  const lines = (word: string) => Array.from({ length: 2_000 }, (_, index) => `${word} ${index}\n`).join("");
  const { read } = await applied({ "f.yml": `${lines("old")}end` }, { "f.yml": lines("new") });
  expect(await read("f.yml")).toBe(lines("new"));
});

test("git applies it, whatever the texts are", async () => {
  const lines = fc.array(fc.constantFrom("a", "b", "", " c", "-", "+", "\\ No newline at end of file"), {
    maxLength: 8,
  });
  const text = fc.tuple(lines, fc.boolean()).map(([all, ends]) => all.join("\n") + (ends ? "\n" : ""));
  await fc.assert(
    fc.asyncProperty(text, text, async (before, after) => {
      // Git has no way to write an empty file's change without its header.
      fc.pre(after !== "");
      await rm(join(root, "f.yml"), { force: true });
      const patch = patchOf([{ query: "q", path: "f.yml", text: after }], () => before);
      await writeFile(join(root, "f.yml"), before);
      await writeFile(join(root, "p"), patch);
      if (patch !== "") await run("git", ["-C", root, "apply", join(root, "p")]);
      expect(await readFile(join(root, "f.yml"), "utf8")).toBe(after);
    }),
    { numRuns: 60 },
  );
});
