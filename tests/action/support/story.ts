import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startFakeGitHub } from "../../support/github/fake-github.js";
import type { CheckRunState, FakeGitHub, FakeGitHubOptions, Files } from "../../support/github/types.js";
import { commitFiles, enqueue, pullRequestEvent } from "../../support/github/world.js";
import { type ActionRun, checkoutCommit, checkoutMerge, type FinishedRun, runAction } from "../../support/runner.js";
import { baselinesOf, project } from "./project.js";

/** A repository on a fake GitHub, and the runs of its workflow. */
export interface Story extends AsyncDisposable {
  readonly fake: FakeGitHub;
  /** The simple workflow's run for an event of a pull request, as it is now. */
  check(number: number, action: string, more?: Partial<ActionRun> & { readonly depth?: number }): Promise<FinishedRun>;
  /** The same on a payload of before: a run that is run again. */
  replay(number: number, payload: Record<string, unknown>, more?: Partial<ActionRun>): Promise<FinishedRun>;
  /** A run on any commit: one of before that is run again, or a checkout that names its own commit. */
  checkAt(
    commit: string,
    payload: Record<string, unknown>,
    more?: Partial<ActionRun> & { readonly depth?: number },
  ): Promise<FinishedRun>;
  /** The queue's run. */
  checkQueue(
    number: number,
    behind?: string,
    more?: Partial<ActionRun>,
  ): Promise<FinishedRun & { readonly head: string }>;
  /** Our newest check run on a commit. */
  reportOn(sha: string): CheckRunState | undefined;
  /** Our comment on a pull request; undefined where there is none. Throws where there are two. */
  commentOn(number: number): string | undefined;
}

/** What the entry is built to; tests of unfinished work name another folder. */
const dist = process.env["PLAN_GATE_DIST"] ?? "dist";

/** Begins with the project accepted on the default branch, or with the files given. */
export async function beginStory(files?: Files, options: FakeGitHubOptions = {}): Promise<Story> {
  const fake = await startFakeGitHub(options);
  await commitFiles(fake, "main", files ?? { ...project, ...(await baselinesOf(project)) });
  const folders: string[] = [];
  const folder = async () => {
    const made = await mkdtemp(join(tmpdir(), "plan-gate-workspace-"));
    folders.push(made);
    return made;
  };
  const run = (one: Omit<ActionRun, "fake">) =>
    runAction({ fake, entry: `${dist}/index.js`, post: `${dist}/post.js`, ...one });
  return {
    fake,
    async check(number, action, { depth = 2, ...more } = {}) {
      const workspace = await folder();
      await checkoutMerge(fake, number, workspace, { depth });
      return run({ workspace, event: "pull_request", payload: await pullRequestEvent(fake, number, action), ...more });
    },
    async replay(number, payload, more = {}) {
      const workspace = await folder();
      await checkoutMerge(fake, number, workspace, { depth: 2 });
      return run({ workspace, event: "pull_request", payload, ...more });
    },
    async checkAt(commit, payload, { depth = 2, ...more } = {}) {
      const workspace = await folder();
      await checkoutCommit(fake, commit, workspace, { depth });
      return run({ workspace, event: "pull_request", payload, ...more });
    },
    async checkQueue(number, behind, more = {}) {
      const workspace = await folder();
      const { head, payload } = await enqueue(fake, number, behind === undefined ? {} : { behind });
      await checkoutCommit(fake, head, workspace, { depth: 2 });
      return { ...(await run({ workspace, event: "merge_group", payload, ...more })), head };
    },
    reportOn: (sha) =>
      fake.state.checkRuns.findLast(({ name, headSha }) => name === "plan-gate report" && headSha === sha),
    commentOn(number) {
      const ours = fake.state.comments.filter(
        (comment) =>
          comment.number === number &&
          comment.author === "github-actions[bot]" &&
          comment.body.startsWith("<!-- plan-gate:"),
      );
      if (ours.length > 1) throw new Error(`${ours.length} comments of ours on #${number}`);
      return ours[0]?.body;
    },
    async [Symbol.asyncDispose]() {
      for (const made of folders) await rm(made, { recursive: true, force: true });
      await fake[Symbol.asyncDispose]();
    },
  };
}
