import type { BareRepository } from "./git-repository.js";
import { actionsApp, type Counters, type Tokens } from "./state.js";
import type { Actor, Clock, FakeGitHub, FakeGitHubOptions, Mergeable, PullState, State } from "./types.js";

/** What every part of the fake has to hand. */
export interface Hub
  extends Pick<
    FakeGitHub,
    | "openPull"
    | "closePull"
    | "mergeCommit"
    | "label"
    | "unlabel"
    | "comment"
    | "createCheckRun"
    | "createRun"
    | "mergeable"
  > {
  readonly options: FakeGitHubOptions;
  readonly state: State;
  readonly clock: Clock;
  readonly git: BareRepository;
  readonly ids: Counters;
  readonly tokens: Tokens;
  /** Addresses, known once the servers listen. */
  readonly urls: { server: string; api: string; results: string };
  pull(number: number): PullState;
  /** Notices what became of branches since: heads that moved, `refs/pull/N/head`. */
  refresh(): Promise<void>;
  createArtifact: FakeGitHub["createArtifact"];
}

export type HubParts = Pick<Hub, "options" | "state" | "clock" | "git" | "ids" | "tokens">;

/** What can happen in a repository besides git, whoever does it: REST, GraphQL, or a test. */
export function createHub(parts: HubParts): Hub {
  const { state, clock, ids } = parts;
  const merges = createMerges(parts);
  const known = (actor: Actor) => {
    if (!state.users.has(actor.login)) state.users.set(actor.login, actor);
    return actor;
  };
  const pull = (number: number) => {
    const found = state.pulls.get(number);
    if (found === undefined) throw new Error(`no pull request ${number}`);
    return found;
  };
  const relabel = (event: "labeled" | "unlabeled", number: number, label: string, by: Actor) => {
    const issue = state.pulls.get(number) ?? state.issues.get(number);
    if (issue === undefined) throw new Error(`no issue ${number}`);
    if (event === "unlabeled") issue.labels.delete(label);
    else {
      issue.labels.add(label);
      const key = label.toLowerCase();
      if (!state.labels.has(key)) state.labels.set(key, { name: label, color: "ededed", description: null });
    }
    const at = clock.stamp();
    issue.updatedAt = at;
    const happened = { id: ids.id(), number, event, label, actor: known(by), at };
    state.timeline.push(happened);
    return happened;
  };
  return {
    ...parts,
    ...createPulls(parts, known),
    pull,
    urls: { server: "", api: "", results: "" },
    refresh: () => refreshPulls(parts),
    async mergeCommit(number) {
      await refreshPulls(parts);
      return merges(pull(number));
    },
    closePull(number) {
      pull(number).state = "closed";
    },
    label: (number, label, by) => relabel("labeled", number, label, by),
    unlabel: (number, label, by) => relabel("unlabeled", number, label, by),
    comment(number, body, by) {
      const at = clock.stamp();
      const author = known(by).login;
      const comment = { id: ids.id(), number, body, author, minimized: false, createdAt: at, updatedAt: at };
      state.comments.push(comment);
      return comment;
    },
    createCheckRun(run) {
      const at = clock.stamp();
      const conclusion = run.conclusion ?? null;
      const created = {
        id: ids.id(),
        name: run.name,
        headSha: run.headSha,
        app: run.app ?? actionsApp,
        externalId: run.externalId ?? "",
        status: conclusion === null ? (run.status ?? "queued") : ("completed" as const),
        conclusion,
        startedAt: at,
        completedAt: conclusion === null ? null : at,
        detailsUrl: null,
        title: run.title ?? null,
        summary: run.summary ?? null,
        text: run.text ?? null,
        annotations: [],
      };
      state.checkRuns.push(created);
      return created;
    },
    createRun(run) {
      const { owner, name } = state.settings;
      const conclusion = run.conclusion ?? null;
      const created = {
        id: ids.id(),
        event: run.event,
        headSha: run.headSha,
        headBranch: run.headBranch,
        headRepository: run.headRepository === undefined ? `${owner}/${name}` : run.headRepository,
        path: run.path ?? ".github/workflows/plan-gate.yml",
        attempt: run.attempt ?? 1,
        status: conclusion === null ? ("in_progress" as const) : ("completed" as const),
        conclusion,
        createdAt: clock.stamp(),
      };
      state.runs.set(created.id, created);
      return created;
    },
    createArtifact({ runId, name, zip }) {
      const created = { id: ids.id(), runId, name, zip, expired: false, createdAt: clock.stamp() };
      state.artifacts.set(created.id, created);
      return created;
    },
    async mergeable(number, requiredChecks) {
      await refreshPulls(parts);
      return checksPassed(state, pull(number).seenHead, requiredChecks);
    },
  };
}

/** Where a pull request's head branch is kept. */
function headRef({ headOwner, branch }: PullState, state: State): string {
  return headOwner === state.settings.owner ? `refs/heads/${branch}` : `refs/forks/${headOwner}/${branch}`;
}

function createPulls({ state, clock, git, ids }: HubParts, known: (actor: Actor) => Actor): Pick<Hub, "openPull"> {
  return {
    async openPull(wanted) {
      const at = clock.stamp();
      const base = wanted.base ?? state.settings.defaultBranch;
      const opened = {
        number: ids.issue(),
        title: wanted.title ?? wanted.branch,
        body: wanted.body ?? "",
        state: "open" as const,
        merged: false,
        author: known(wanted.author ?? { login: "author" }).login,
        branch: wanted.branch,
        headOwner: wanted.fork ?? state.settings.owner,
        headGone: false,
        base,
        labels: new Set<string>(),
        createdAt: at,
        updatedAt: at,
      };
      const head = await git.resolve(headRef({ ...opened, seenHead: "", baseSha: "" }, state));
      const baseSha = await git.resolve(base);
      if (head === undefined || baseSha === undefined) throw new Error(`no branch ${wanted.branch} or ${base}`);
      const pull = { ...opened, seenHead: head, baseSha };
      state.pulls.set(pull.number, pull);
      await git.setRef(`refs/pull/${pull.number}/head`, head);
      return pull;
    },
  };
}

async function refreshPulls({ state, git, clock }: HubParts): Promise<void> {
  const refs = await git.refs();
  for (const pull of state.pulls.values()) {
    const head = refs.get(headRef(pull, state));
    if (pull.state !== "open" || head === undefined || head === pull.seenHead) continue;
    pull.seenHead = head;
    pull.baseSha = refs.get(`refs/heads/${pull.base}`) ?? pull.baseSha;
    pull.updatedAt = clock.stamp();
    await git.setRef(`refs/pull/${pull.number}/head`, head);
  }
}

/** Trial merges, made anew when head or base moved. */
function createMerges({ git }: HubParts): (pull: PullState) => Promise<string | undefined> {
  const made = new Map<number, { readonly key: string; readonly commit: Promise<string | undefined> }>();
  const make = async ({ number, seenHead }: PullState, base: string) => {
    const commit = await git.merge(base, seenHead, `Merge ${seenHead} into ${base}`);
    const ref = `refs/pull/${number}/merge`;
    await (commit === undefined ? git.deleteRef(ref) : git.setRef(ref, commit));
    return commit;
  };
  return async (pull) => {
    const base = await git.resolve(pull.base);
    if (base === undefined) return undefined;
    const key = `${base} ${pull.seenHead}`;
    const before = made.get(pull.number);
    if (before?.key === key) return before.commit;
    const commit = make(pull, base);
    made.set(pull.number, { key, commit });
    return commit;
  };
}

/** Branch protection: the newest of each required name, be it check run or status, must not stand in the way. */
function checksPassed(state: State, head: string, required: readonly string[]): Mergeable {
  const blockedBy = required.flatMap((name) => {
    const run = state.checkRuns.findLast((one) => one.headSha === head && one.name === name);
    const status = state.statuses.findLast((one) => one.sha === head && one.context === name);
    if (run === undefined && status === undefined) return [`${name}: missing`];
    const states = [...(run ? [run.conclusion ?? run.status] : []), ...(status ? [status.state] : [])];
    return states.filter((one) => !["success", "neutral", "skipped"].includes(one)).map((one) => `${name}: ${one}`);
  });
  return { mergeable: blockedBy.length === 0, blockedBy };
}
