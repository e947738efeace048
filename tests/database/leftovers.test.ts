import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { abandonedFolders, isOwnerDead, makeOwnedFolder, ownTag } from "../../src/database/leftovers.js";
import { startOfProcess } from "../../src/database/processes.js";

let parent = "";

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "plan-gate-test-"));
});

afterEach(async () => {
  await rm(parent, { recursive: true });
});

/** The tag of a process that has ended. */
async function deadTag(): Promise<string> {
  const child = spawn(process.execPath, ["-e", ""]);
  const tag = (await ownTag()).replace(`-${process.pid}-`, `-${child.pid}-`);
  await once(child, "exit");
  return tag;
}

test("a folder is abandoned once its owner is dead, and not before", async () => {
  await makeOwnedFolder(parent, "ours-");
  const abandoned = `ours-${await deadTag()}-abc123`;
  await mkdir(join(parent, abandoned));
  expect(await abandonedFolders(parent, "ours-")).toEqual([join(parent, abandoned)]);
});

test("a pid that another process has by now proves its former owner dead", async () => {
  const tag = await ownTag();
  expect(await isOwnerDead(tag)).toBe(false);
  expect(await isOwnerDead(tag.replace(/\w+$/, "1"))).toBe(true);
});

test("what cannot be proved to be ours is left alone", async () => {
  const dead = await deadTag();
  const elsewhere = `ours-${dead.replace(/^\w+/, "00000000")}-abc123`;
  await mkdir(join(parent, elsewhere));
  await mkdir(join(parent, "ours-by-somebody-else"));
  await mkdir(join(parent, `theirs-${dead}-abc123`));
  await symlink(tmpdir(), join(parent, `ours-${dead}-link00`));
  expect(await readdir(parent)).toHaveLength(4);
  expect(await abandonedFolders(parent, "ours-")).toEqual([]);
});

test("a parent that does not exist holds nothing", async () => {
  expect(await abandonedFolders(join(parent, "nowhere"), "ours-")).toEqual([]);
});

test("startOfProcess tells a running process from one that has ended", async () => {
  const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60_000)"]);
  const started = await startOfProcess(child.pid ?? 0);
  expect(started).toMatch(/^\w+$/);
  expect(await startOfProcess(child.pid ?? 0)).toBe(started);
  child.kill();
  await once(child, "exit");
  expect(await startOfProcess(child.pid ?? 0)).toBeUndefined();
});
