import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { checkOut } from "../../src/files/checkout.js";
import { commitTree, findMergeBase, naturalOrder, workTree } from "../../src/files/tree.js";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "plan-gate-tree-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function put(files: Readonly<Record<string, string | Buffer>>) {
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  }
}

const git = (...args: string[]) =>
  execFileSync(
    "git",
    ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main", ...args],
    { cwd: root, encoding: "utf8" },
  );

test("2 comes before 10, and the order is total", () => {
  expect(["b10", "b2", "B2", "a"].sort(naturalOrder)).toEqual(["a", "b2", "B2", "b10"]);
});

test("a folder covers what lies in it, a glob what it matches, and no file twice", async () => {
  await put({ "q/a.sql": "", "q/deep/b.sql": "", "q/c.txt": "", "other/d.sql": "", "[odd] (name)/e.sql": "" });
  const tree = workTree(root);
  expect(await tree.find(["q", "./q/", "q/*.sql"], ".sql")).toEqual(["q/a.sql", "q/deep/b.sql"]);
  expect(await tree.find(["q/*.sql"], ".sql")).toEqual(["q/a.sql"]);
  expect(await tree.find(["[odd] (name)"], ".sql")).toEqual(["[odd] (name)/e.sql"]);
  expect(await tree.find(["none"], ".sql")).toEqual([]);
});

test("a link inside is followed, and one that leads out is refused", async () => {
  await put({ "real/a.sql": "SELECT 1" });
  await mkdir(join(root, "q"));
  await symlink("../real/a.sql", join(root, "q/in.sql"));
  const tree = workTree(root);
  expect(await tree.read(await tree.find(["q"], ".sql"))).toEqual(["SELECT 1"]);
  await symlink("/etc/hostname", join(root, "q/out.sql"));
  await expect(tree.find(["q"], ".sql").then((paths) => tree.read(paths))).rejects.toMatchObject({
    place: { file: "q/out.sql" },
  });
});

test.each([
  ["a NUL", Buffer.from("SELECT 1;\n\0\nDROP"), "NUL", 2],
  ["Latin-1", Buffer.from("SELECT 1;\nSELECT 'caf\xe9'", "latin1"), "not UTF-8", 2],
  ["UTF-16", Buffer.from("\ufeffSELECT 1", "utf16le"), "not UTF-8", 1],
])("%s in a file is refused with its line", async (_, bytes, words, line) => {
  await put({ "a.sql": bytes });
  await expect(workTree(root).read(["a.sql"])).rejects.toMatchObject({
    message: expect.stringContaining(words),
    place: { file: "a.sql", line },
  });
});

test("a byte order mark is no part of the text", async () => {
  await put({ "a.sql": "\ufeffSELECT 1" });
  expect(await workTree(root).read(["a.sql"])).toEqual(["SELECT 1"]);
});

test("a commit's files are those of the commit, below the folder asked for", async () => {
  await put({ "app/q/a.sql": "SELECT 1;\n", "app/q/ü.sql": "SELECT 'ü'", "q/elsewhere.sql": "" });
  git("init", "-q");
  git("add", ".");
  git("commit", "-qm", "one");
  await put({ "app/q/a.sql": "changed", "app/q/new.sql": "" });
  const tree = await commitTree(join(root, "app"), await findMergeBase(join(root, "app"), "HEAD"));
  expect(await tree.find(["q"], ".sql")).toEqual(["q/a.sql", "q/ü.sql"]);
  expect(await tree.read(["q/ü.sql", "q/a.sql"])).toEqual(["SELECT 'ü'", "SELECT 1;\n"]);
  expect([await tree.has("q/a.sql"), await tree.has("q/new.sql")]).toEqual([true, false]);
});

test("a file's version is git's blob id, the same for the commit and the work tree, links and missing files included", async () => {
  await put({ "app/a.sql": "SELECT 1;\n", "beside.sql": "SELECT 2;\n" });
  await symlink("a.sql", join(root, "app/link.sql"));
  git("init", "-q");
  git("add", ".");
  git("commit", "-qm", "one");
  const app = join(root, "app");
  const paths = ["a.sql", "link.sql", "../beside.sql", "missing.sql"];
  const committed = await (await commitTree(app, git("rev-parse", "HEAD").trim())).blobs(paths);
  expect(committed).toEqual([
    git("rev-parse", "HEAD:app/a.sql").trim(),
    git("rev-parse", "HEAD:app/link.sql").trim(),
    git("rev-parse", "HEAD:beside.sql").trim(),
    null,
  ]);
  expect(await workTree(app).blobs(paths)).toEqual(committed);
});

test("a checked-out commit is whole and its own: index and work tree, attributes too, take no part in it", async () => {
  await put({ "q/a.sql": "SELECT 1;\n", "q/ü.sql": "" });
  git("init", "-q");
  git("add", ".");
  git("commit", "-qm", "one");
  const commit = git("rev-parse", "HEAD").trim();
  await put({ "q/a.sql": "changed", "q/new.sql": "", ".gitattributes": "*.sql text eol=crlf\n" });
  git("add", ".");
  const before = git("status", "--porcelain");
  await using copy = await mkdtempDisposable();
  const folder = join(copy.path, "files");
  await mkdir(folder);
  await checkOut(join(root, "q"), commit, { folder, index: join(copy.path, "index") }, process.env);
  expect((await readdir(folder, { recursive: true })).sort()).toEqual(["q", "q/a.sql", "q/ü.sql"]);
  expect(await readFile(join(folder, "q/a.sql"), "utf8")).toBe("SELECT 1;\n");
  expect(git("status", "--porcelain")).toBe(before);
});

async function mkdtempDisposable(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), "plan-gate-copy-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

test("the merge base is where the branch left, not the branch's newest commit", async () => {
  await put({ a: "1" });
  git("init", "-q");
  git("add", ".");
  git("commit", "-qm", "one");
  const left = git("rev-parse", "HEAD").trim();
  git("checkout", "-qb", "feature");
  git("commit", "-qm", "mine", "--allow-empty");
  git("checkout", "-q", "main");
  git("commit", "-qm", "theirs", "--allow-empty");
  git("checkout", "-q", "feature");
  expect(await findMergeBase(root, "main")).toBe(left);
});

test.each([
  ["nowhere", "git knows no commit"],
  ["--output=/tmp/x", "is no branch or commit"],
])("`--base %s` is an error that says what to do", async (ref, words) => {
  await put({ a: "1" });
  git("init", "-q");
  await expect(findMergeBase(root, ref)).rejects.toMatchObject({
    code: "base-unreadable",
    message: expect.stringContaining(words),
  });
});

test("a folder outside of git has no base", async () => {
  await expect(findMergeBase(root, "main")).rejects.toMatchObject({
    message: expect.stringContaining("not in a git repository"),
  });
});
