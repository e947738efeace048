import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseSettings } from "../../src/config/settings.js";
import { readYaml } from "../../src/config/yaml.js";
import { cutAtHeaders, readHeader } from "../../src/queries/header.js";
import { parseQuery } from "../../src/queries/statement.js";

const cli = resolve(process.env["PLAN_GATE_CLI"] ?? "dist/cli.js");
const example = ["plan-gate.yml", "migrations", "seeds", "queries", "baselines"];

/** The fenced blocks of a page, by their language. */
async function blocks(page: string, language: string): Promise<string[]> {
  const found: string[] = [];
  let open: { readonly indent: string; readonly language: string; body: string } | undefined;
  for (const line of (await readFile(page, "utf8")).split("\n")) {
    const [, indent = "", word = ""] = /^( *)```(\w*)$/.exec(line) ?? [undefined, undefined];
    if (!/^ *```/.test(line)) {
      if (open) open.body += `${line.replace(open.indent, "")}\n`;
    } else if (open) {
      if (open.language === language) found.push(open.body);
      open = undefined;
    } else {
      open = { indent, language: word, body: "" };
    }
  }
  return found;
}

function run(args: readonly string[], cwd: string): Promise<{ code: number; stdout: string }> {
  return new Promise((done) => {
    const child = execFile(process.execPath, [cli, ...args], { cwd }, (_, stdout) =>
      done({ code: child.exitCode ?? -1, stdout }),
    );
  });
}

test("the README's story is what the gate says: green, red with these lines, green again", async () => {
  const folder = await mkdtemp(join(tmpdir(), "plan-gate-readme-"));
  try {
    for (const part of example) await cp(part, join(folder, part), { recursive: true });
    const [green = "", red = ""] = await blocks("README.md", "");
    const [, breaking = ""] = await blocks("README.md", "sh");
    const [, statement = "", file = ""] = /echo '(.*)' > (\S+)/.exec(breaking) ?? [];

    const first = await run(["check"], folder);
    expect(first.stdout.split("\n")[0]).toBe(green.trim());
    expect(first.code).toBe(0);

    await writeFile(join(folder, file), `${statement}\n`);
    const second = await run(["check"], folder);
    expect(second.code).toBe(1);
    const said = second.stdout.split("\n");
    for (const line of red.split("\n").filter((one) => one.trim() !== "" && !one.includes("…")))
      expect(said).toContain(line);

    await rm(join(folder, file));
    expect((await run(["check", "--query", "claim-*"], folder)).code).toBe(0);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 180_000);

test.each(["README.md", "docs/queries.md"])(
  "every query in %s has a header that is understood and SQL that parses",
  async (page) => {
    const queries = (await blocks(page, "sql")).filter((sql) => /^\s*(--|SELECT)/.test(sql));
    expect(queries.length).toBeGreaterThan(0);
    for (const sql of queries) {
      for (const chunk of cutAtHeaders(sql)) {
        if (chunk.header) expect(readHeader(chunk.header, page).name).toBeDefined();
        expect(await parseQuery(chunk.text)).toHaveProperty("sql");
      }
    }
  },
);

test("the settings shown in the pages are valid", async () => {
  for (const yaml of await blocks("docs/queries.md", "yaml")) {
    expect(() => parseSettings(yaml, "plan-gate.yml")).not.toThrow();
    expect(readYaml(yaml, { file: "docs" }).value).toBeInstanceOf(Object);
  }
});

test("every page that a page links to is there", async () => {
  for (const page of [
    "README.md",
    "CONTRIBUTING.md",
    "docs/queries.md",
    "docs/judging.md",
    "docs/settings.md",
    "src/README.md",
  ]) {
    const text = await readFile(page, "utf8");
    for (const [, target = ""] of text.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)) {
      await expect(
        readFile(join(page, "..", target)).catch((error: NodeJS.ErrnoException) =>
          error.code === "EISDIR" ? "" : Promise.reject(error),
        ),
      ).resolves.toBeDefined();
    }
  }
});
