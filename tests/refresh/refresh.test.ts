import { createHash } from "node:crypto";
import type { Candidate } from "../../src/evaluation/evaluation.js";
import { GitHubError, type PullRequest } from "../../src/github/github.js";
import { type RefreshRequest, refresh, refreshBranch, refreshCandidates } from "../../src/refresh.js";
import { asAccepted, byIndex, part, story, tonight, worse } from "../nightly/support/nights.js";
import { outcome } from "../support/verdicts.js";

type Files = Readonly<Record<string, string>>;

const blobOf = (text: string) =>
  createHash("sha1")
    .update(`blob ${Buffer.byteLength(text)}\0${text}`)
    .digest("hex");

/** A repository with whole trees for commits; `refuse` names what its token may not do. */
function repository(main: Files, refuse: readonly (keyof RefreshRequest["github"])[] = []) {
  const commits = new Map<string, { files: Files; parent: string | null }>();
  const branches = new Map<string, string>();
  const pulls: (PullRequest & { title: string; body: string })[] = [];
  const told: string[] = [];
  const add = (files: Files, parent: string | null) => {
    const sha = String(commits.size + 1).padStart(40, "0");
    commits.set(sha, { files, parent });
    return sha;
  };
  const filesOf = (branch: string) => commits.get(branches.get(branch) ?? "")?.files ?? {};
  const line = (branch: string) => {
    const found: string[] = [];
    for (let at = branches.get(branch) ?? null; at !== null; at = commits.get(at)?.parent ?? null) found.push(at);
    return found;
  };
  const meet = (base: string, head: string) => line(head).find((sha) => line(base).includes(sha)) ?? "";
  const may = (what: keyof RefreshRequest["github"]) => {
    if (refuse.includes(what)) throw new GitHubError("Resource not accessible by integration", 403);
  };
  const head = (name: string) => {
    const sha = branches.get(name);
    return sha === undefined ? undefined : { name, sha, protected: false };
  };
  const github: RefreshRequest["github"] = {
    repository: "acme/shop",
    defaultBranch: async () => "main",
    branch: async (name) => head(name),
    async createBranch(name, sha) {
      may("createBranch");
      branches.set(name, sha);
    },
    async resetBranch(name, sha) {
      if (pulls.some((pull) => pull.state === "open")) throw new Error("GitHub would close the pull request");
      branches.set(name, sha);
    },
    async changedFiles(base, name) {
      const [before, after] = [commits.get(meet(base, name))?.files ?? {}, filesOf(name)];
      const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])];
      return paths
        .filter((path) => before[path] !== after[path])
        .map((path) => ({ path, blob: after[path] === undefined ? null : blobOf(after[path]) }));
    },
    mergeBase: async (base, name) => meet(base, name),
    readFile: async (name, path) => filesOf(name)[path],
    async commitOnBranch({ branch, expectedHead, additions, deletions }) {
      may("commitOnBranch");
      if (branches.get(branch) !== expectedHead) throw new GitHubError("expected another head", 409);
      const files: Record<string, string> = { ...filesOf(branch) };
      for (const { path, text } of additions) files[path] = text;
      for (const path of deletions) delete files[path];
      const sha = add(files, expectedHead);
      branches.set(branch, sha);
      return sha;
    },
    openPullRequests: async () => pulls.filter(({ state }) => state === "open"),
    async createPullRequest({ title, body, head: branch, base }) {
      may("createPullRequest");
      const sides = {
        head: { sha: branches.get(branch) ?? "", branch, repository: "acme/shop" },
        base: { sha: branches.get(base) ?? "", branch: base },
      };
      const number = pulls.length + 1;
      const pull = { number, state: "open", author: "bot", labels: [], title, body, ...sides } as const;
      pulls.push(pull);
      return pull;
    },
    async updatePullRequest(number, change) {
      pulls[number - 1] = { ...(pulls[number - 1] as (typeof pulls)[number]), ...change };
    },
  };
  branches.set("main", add(main, null));
  return {
    branches,
    commits,
    pulls,
    told,
    files: () => filesOf(refreshBranch),
    /** A commit on a branch, as somebody else makes it. */
    push(branch: string, files: Files) {
      branches.set(branch, add({ ...filesOf(branch), ...files }, branches.get(branch) ?? null));
    },
    close(number: number) {
      pulls[number - 1] = { ...(pulls[number - 1] as (typeof pulls)[number]), state: "closed" };
    },
    refresh: (candidates: readonly Candidate[], more: Partial<RefreshRequest> = {}) => {
      const outcomes = [...new Set(candidates.map(({ query }) => query))].map((name) => worse(name));
      return refresh({
        github,
        story: story(tonight(1, [part([...outcomes, asAccepted("steady")], { candidates })])),
        botCommits: "wait",
        keepPatch: async () => "git apply plan-gate.patch",
        tell: (one) => void told.push(one),
        ...more,
      });
    },
  };
}

const path = (query: string) => `baselines/pg17/${query}.yml`;
const candidate = (query: string, text = `new ${query}`): Candidate => ({ query, path: path(query), text });
const main = { "plan-gate.yml": "", [path("a")]: "old a", [path("b")]: "old b" };

test("what drifted becomes one commit on the default branch's head, in one pull request that says what moved", async () => {
  const acme = repository(main);
  expect(await acme.refresh([candidate("a")])).toEqual({ kind: "pull request", number: 1, change: "opened" });
  expect(acme.files()).toEqual({ ...main, [path("a")]: "new a" });
  expect(acme.commits.get(acme.branches.get(refreshBranch) ?? "")?.parent).toBe(acme.branches.get("main"));
  expect(acme.pulls).toMatchObject([
    {
      title: "Accept today's plans of 1 query that drifted",
      base: { branch: "main" },
      head: { branch: refreshBranch },
    },
  ]);
  expect(acme.pulls[0]?.body).toContain("| `a` | public.orders is read whole");
  expect(acme.pulls[0]?.body).toContain("Checks wait for a click");
});

test("done again with the same content it makes no commit", async () => {
  const acme = repository(main);
  await acme.refresh([candidate("a")]);
  const commits = acme.commits.size;
  expect(await acme.refresh([candidate("a")])).toMatchObject({ change: "unchanged" });
  acme.push("main", { "other.txt": "hello" });
  expect(await acme.refresh([candidate("a")])).toMatchObject({ change: "unchanged" });
  expect([acme.commits.size, acme.pulls.length]).toEqual([commits + 1, 1]);
});

test("other content is a commit on top, and what drifts no more is as the default branch has it", async () => {
  const acme = repository(main);
  await acme.refresh([candidate("a"), candidate("new")]);
  acme.push(refreshBranch, { "docs/why.md": "a person's" });
  expect(await acme.refresh([candidate("b")])).toEqual({ kind: "pull request", number: 1, change: "updated" });
  expect(acme.files()).toEqual({ ...main, [path("b")]: "new b", "docs/why.md": "a person's" });
  expect(acme.pulls[0]?.body).toContain("| `b` |");
  expect(await acme.refresh([candidate("b")])).toMatchObject({ change: "unchanged" });
});

test("a part that could not be judged keeps what it proposed before", async () => {
  const acme = repository(main);
  await acme.refresh([candidate("a"), candidate("b")]);
  const failed = part([], { problems: [{ code: "migration-failed", message: "boom", hint: "Mend it." }], major: 16 });
  const night = tonight(2, [part([worse("a")], { candidates: [candidate("a", "newer a")] }), failed]);
  expect(await acme.refresh([], { story: story(night) })).toMatchObject({ change: "updated" });
  expect(acme.files()).toEqual({ ...main, [path("a")]: "newer a", [path("b")]: "new b" });
});

test("what is left of a closed pull request is rebuilt from the default branch's head", async () => {
  const acme = repository(main);
  await acme.refresh([candidate("a")]);
  acme.close(1);
  acme.push("main", { [path("a")]: "accepted by hand" });
  expect(await acme.refresh([candidate("b")])).toMatchObject({ number: 2, change: "opened" });
  expect(acme.files()).toEqual({ ...main, [path("a")]: "accepted by hand", [path("b")]: "new b" });
});

test("a branch that was left without its pull request gets one, and no second commit", async () => {
  const acme = repository(main);
  await acme.refresh([candidate("a")]);
  acme.close(1);
  const commits = acme.commits.size;
  expect(await acme.refresh([candidate("a")])).toMatchObject({ number: 2, change: "opened" });
  expect(acme.commits.size).toBe(commits);
});

test.each(["createBranch", "commitOnBranch", "createPullRequest"] as const)(
  "where `%s` is refused there is a patch, its command, and the permission in the log",
  async (what) => {
    const acme = repository(main, [what]);
    expect(await acme.refresh([candidate("a")])).toMatchObject({ kind: "patch", command: "git apply plan-gate.patch" });
    expect(acme.told).toEqual([
      expect.stringMatching(/contents: write.*pull-requests: write.*git apply plan-gate\.patch/),
    ]);
  },
);

test("without drift nothing is asked and nothing is done", async () => {
  const acme = repository(main);
  expect(await acme.refresh([])).toEqual({ kind: "nothing to do" });
  expect([...acme.branches.keys()]).toEqual(["main"]);
});

test("only what drifted is offered: never a plan that nobody has accepted yet", () => {
  const outcomes = [worse("a"), outcome("unbaselined", "fresh", { after: byIndex() }), asAccepted("b")];
  const candidates = [candidate("fresh"), candidate("b"), candidate("a")];
  const night = tonight(1, [part(outcomes, { candidates }), part([], { major: 16 })]);
  expect(refreshCandidates(story(night))).toEqual([candidate("a")]);
});

test("a query that can no longer be planned is named and not accepted", async () => {
  const acme = repository(main);
  const outcomes = [worse("a"), outcome("broken", "gone", { before: byIndex() })];
  const night = tonight(1, [part(outcomes, { candidates: [candidate("a")] })]);
  await acme.refresh([], { story: story(night) });
  expect(acme.pulls[0]?.body).toMatch(/can no longer be planned:\n\n- `gone`/);
  expect(acme.pulls[0]?.title).toContain("1 query");
});
