import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readRelease } from "../../src/init/release.js";

const commit = "0123456789abcdef0123456789abcdef01234567";
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "plan-gate-release-"));
});

afterEach(() => rm(root, { recursive: true }));

/** As the package lies once it is installed: the bundle's chunks two folders deep. */
async function released(manifest: object): Promise<ReturnType<typeof readRelease>> {
  const chunks = join(root, "dist", "chunks");
  await mkdir(chunks, { recursive: true });
  await writeFile(join(root, "package.json"), JSON.stringify({ name: "plan-gate", ...manifest }));
  return readRelease("1.2.3", chunks);
}

test("a published package knows its commit and its repository", async () => {
  const repository = { type: "git", url: "git+https://github.com/acme/plan-gate.git" };
  expect(await released({ gitHead: commit, repository })).toEqual({
    version: "1.2.3",
    repository: "acme/plan-gate",
    commit,
  });
});

test.each(["github:acme/plan-gate", "https://github.com/acme/plan-gate", "git@github.com:acme/plan-gate.git"])(
  "the repository may be written as %s",
  async (repository) => {
    expect(await released({ repository })).toMatchObject({ repository: "acme/plan-gate" });
  },
);

test.each([{}, { gitHead: "main", repository: "https://example.com/plan-gate" }, { gitHead: 1, repository: [] }])(
  "what %j does not say is not made up",
  async (manifest) => {
    expect(await released(manifest)).toEqual({ version: "1.2.3", repository: undefined, commit: undefined });
  },
);

test("another package's manifest is not taken for ours", async () => {
  expect(await released({ name: "theirs", gitHead: commit })).toMatchObject({ commit: undefined });
});
