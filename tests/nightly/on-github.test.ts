import { connectGitHub } from "../../src/github/client.js";
import { readHistory } from "../../src/history/entry.js";
import type { NightEvaluation } from "../../src/nightly/tonight.js";
import { type NightResult, tellNight } from "../../src/nightly.js";
import { type Refreshed, refresh, refreshBranch } from "../../src/refresh.js";
import { startFakeGitHub } from "../support/github/fake-github.js";
import { actionsBot } from "../support/github/state.js";
import type { FakeGitHub, Permissions } from "../support/github/types.js";
import { asAccepted, part, story, tonight, worse } from "./support/nights.js";

const all: Permissions = { contents: "write", issues: "write", "pull-requests": "write" };
const baseline = "baselines/pg17/q.yml";
const drifted = () => part([worse("q")], { candidates: [{ query: "q", path: baseline, text: "new\n" }] });
const clean = () => part([asAccepted("q")]);

/** A repository with one baseline, and a job with these permissions. */
async function begin(permissions: Permissions) {
  const fake = await startFakeGitHub({ startsAt: "2026-11-01T02:17:00Z" });
  const sha = await fake.git.commit({ ref: "main", files: { [baseline]: "old\n" } });
  const told: string[] = [];
  const tell = (line: string) => void told.push(line);
  const github = connectGitHub({
    token: fake.createToken({ actor: actionsBot, permissions }),
    repository: fake.repository,
    apiUrl: fake.apiUrl,
    graphqlUrl: fake.graphqlUrl,
    serverUrl: fake.serverUrl,
    version: "1.2.3",
    tell,
    clock: () => performance.now(),
    signal: new AbortController().signal,
  });
  const at = (parts: readonly NightEvaluation[]) => ({ ...tonight(1, parts), at: fake.clock.now(), commit: sha });
  return {
    fake,
    told,
    night: (...parts: readonly NightEvaluation[]): Promise<NightResult> =>
      tellNight(at(parts), {
        github,
        runUrl: `${fake.serverUrl}/${fake.repository}/actions/runs/77`,
        failOnDrift: false,
        keep: async () => "/tmp/history.jsonl",
        tell,
      }),
    refresh: (...parts: readonly NightEvaluation[]): Promise<Refreshed> =>
      refresh({
        github,
        story: story(at(parts)),
        botCommits: "wait",
        keepPatch: async () => "git apply plan-gate.patch",
        tell,
      }),
    nextDay: () => fake.clock.advance(86_400),
  };
}

function issuesOf({ state }: FakeGitHub) {
  return [...state.issues.values()].map(({ title, state: open, labels }) => ({
    title,
    state: open,
    labels: [...labels],
  }));
}

test("a drift runs from its issue to the close, and the history lies on a branch of its own", async () => {
  const { fake, told, night, nextDay } = await begin(all);
  await using _fake = fake;
  await night(drifted());
  const labels = ["plan-gate:drift"];
  expect(issuesOf(fake)).toEqual([{ title: "Plan drift: q", state: "open", labels }]);
  expect(fake.requests.length).toBeLessThan(15);
  await night(drifted());
  for (const parts of [[clean()], [clean()]]) {
    nextDay();
    await night(...parts);
  }
  expect(issuesOf(fake)).toEqual([{ title: "Plan drift: q", state: "closed", labels }]);
  expect([...fake.state.comments.values()].map(({ body }) => body.trim())).toEqual(["Clean for two nights: closed."]);
  nextDay();
  await night(drifted());
  expect(issuesOf(fake)).toMatchObject([{ state: "open" }]);
  const history = await fake.git.read("plan-gate-history", "history/2026-11.jsonl");
  expect(readHistory(history ?? "")).toMatchObject({ entries: { length: 5 }, later: 0, broken: 0 });
  expect(await fake.git.list("plan-gate-history")).toEqual(["history/2026-11.jsonl"]);
  expect([told, fake.problems]).toEqual([[], []]);
});

test("an issue that a stranger opened with our marker and label is left alone", async () => {
  const { fake, night } = await begin(all);
  await using _fake = fake;
  await night(drifted());
  for (const issue of fake.state.issues.values()) issue.author = "mallory";
  await night(drifted());
  expect(issuesOf(fake)).toHaveLength(2);
  expect(fake.problems).toEqual([]);
});

test("without write permissions nothing fails, and the log names each that is missing", async () => {
  const { fake, told, night, refresh: refreshNow } = await begin({ contents: "read", issues: "read" });
  await using _fake = fake;
  expect(await night(drifted())).toMatchObject({ exitCode: 0, history: { kind: "kept" } });
  expect(await refreshNow(drifted())).toMatchObject({ kind: "patch" });
  expect(told).toEqual([
    expect.stringContaining("permissions: issues: write"),
    expect.stringContaining("permissions: contents: write"),
    expect.stringContaining("git apply plan-gate.patch"),
  ]);
  expect(fake.problems).toEqual([]);
});

test("a refresh is one commit and one pull request, whatever is done again", async () => {
  const { fake, told, refresh: refreshNow } = await begin(all);
  await using _fake = fake;
  fake.state.settings.actionsMayOpenPulls = true;
  expect(await refreshNow(drifted())).toMatchObject({ kind: "pull request", change: "opened" });
  const head = await fake.git.resolve(refreshBranch);
  expect(await refreshNow(drifted())).toMatchObject({ change: "unchanged" });
  expect(await fake.git.resolve(refreshBranch)).toBe(head);
  expect(await fake.git.read(refreshBranch, baseline)).toBe("new\n");

  const other = part([worse("other")], {
    candidates: [{ query: "other", path: "baselines/pg17/other.yml", text: "new\n" }],
  });
  expect(await refreshNow(other)).toMatchObject({ change: "updated" });
  expect(await fake.git.read(refreshBranch, baseline)).toBe("old\n");
  expect(await fake.git.list(refreshBranch)).toEqual(["baselines/pg17/other.yml", baseline]);
  expect(fake.state.pulls.size).toBe(1);
  expect([told, fake.problems]).toEqual([[], []]);
});

test("a repository whose settings keep Actions from opening pull requests gets a patch", async () => {
  const { fake, told, refresh: refreshNow } = await begin(all);
  await using _fake = fake;
  fake.state.settings.actionsMayOpenPulls = false;
  expect(await refreshNow(drifted())).toMatchObject({ kind: "patch", command: "git apply plan-gate.patch" });
  expect(told).toEqual([expect.stringContaining("must allow GitHub Actions to open pull requests")]);
});
