import * as z from "zod";
import { PlanGateError } from "../errors.js";

interface Anywhere {
  /** Empty where the event does not say. */
  readonly defaultBranch: string;
}

interface HeadBranch {
  readonly sha: string;
  readonly branch: string;
  /** `owner/name`; null where the fork was deleted. */
  readonly repository: string | null;
}

/** What a workflow was started by, as the event's payload says: what can change since is to be asked of GitHub. */
export type Context = Anywhere &
  (
    | {
        readonly kind: "pull-request";
        readonly number: number;
        /** GitHub's word: "opened", "synchronize", "labeled". */
        readonly action: string;
        readonly head: HeadBranch;
        readonly base: { readonly branch: string };
        /** The head before this push. */
        readonly before?: string;
        /** Of a label event. */
        readonly label?: string;
        /** Login of who caused it. */
        readonly sender: string;
      }
    /** `pull_request_target: [labeled]`: runs the base's workflow with the base's rights. */
    | { readonly kind: "label-target"; readonly number: number; readonly label: string; readonly sender: string }
    | {
        readonly kind: "merge-group";
        readonly head: string;
        readonly base: string;
        readonly baseBranch: string;
        /** The pull request that was queued last; absent where the branch's name does not tell. */
        readonly number?: number;
      }
    | {
        readonly kind: "push";
        readonly sha: string;
        readonly branch: string;
        readonly isDefault: boolean;
        /** Absent where the branch is new. */
        readonly before?: string;
      }
    | { readonly kind: "workflow-run"; readonly runId: number }
    | { readonly kind: "schedule" }
    | { readonly kind: "other"; readonly event: string }
  );

const sha = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/);
const branch = z.string().min(1);
const number = z.int().positive();
const sender = z.object({ login: z.string() });
const repository = z.object({ default_branch: branch });

const anyEvent = z.object({ repository: repository.optional() });

const pullRequestEvent = z.object({
  action: z.string(),
  number,
  before: sha.optional(),
  label: z.object({ name: z.string() }).optional(),
  sender,
  repository,
  pull_request: z.object({
    head: z.object({ sha, ref: branch, repo: z.object({ full_name: z.string() }).nullable() }),
    base: z.object({ ref: branch }),
  }),
});

const mergeGroupEvent = z.object({
  repository,
  merge_group: z.object({ head_sha: sha, head_ref: branch, base_sha: sha, base_ref: branch }),
});

const pushEvent = z.object({ repository, ref: branch, before: sha, after: sha });

const workflowRunEvent = z.object({ workflow_run: z.object({ id: number }) });

/** Reads the event that GITHUB_EVENT_NAME names. Throws where its payload is not what GitHub sends. */
export function readContext(env: Readonly<Record<string, string | undefined>>, payload: unknown): Context {
  const event = env["GITHUB_EVENT_NAME"] ?? "";
  const defaultBranch = parsed(anyEvent, payload, event).repository?.default_branch ?? "";
  switch (event) {
    case "pull_request":
      return { ...pullRequest(payload, event), defaultBranch };
    case "pull_request_target": {
      const { action, number, label, sender } = parsed(pullRequestEvent, payload, event);
      if (action !== "labeled" || !label) return { kind: "other", event, defaultBranch };
      return { kind: "label-target", number, label: label.name, sender: sender.login, defaultBranch };
    }
    case "merge_group":
      return { ...mergeGroup(payload, event), defaultBranch };
    case "push":
      return { ...push(payload, event), defaultBranch };
    case "workflow_run":
      return { kind: "workflow-run", runId: parsed(workflowRunEvent, payload, event).workflow_run.id, defaultBranch };
    case "schedule":
      return { kind: "schedule", defaultBranch };
    default:
      return { kind: "other", event, defaultBranch };
  }
}

/** The pull request a merge queue's branch is about, with or without `refs/heads/` before it. */
export function queuedPullRequest(branch: string): number | undefined {
  const [, digits] = /^(?:refs\/heads\/)?gh-readonly-queue\/.+\/pr-([1-9]\d{0,9})-[0-9a-f]{40,64}$/.exec(branch) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

type Kind<K extends Context["kind"]> = Omit<Extract<Context, { kind: K }>, "defaultBranch">;

function pullRequest(payload: unknown, event: string): Kind<"pull-request"> {
  const { action, number, before, label, sender, pull_request } = parsed(pullRequestEvent, payload, event);
  const { head, base } = pull_request;
  return {
    kind: "pull-request",
    number,
    action,
    head: { sha: head.sha, branch: head.ref, repository: head.repo?.full_name ?? null },
    base: { branch: base.ref },
    ...(before === undefined ? {} : { before }),
    ...(label === undefined ? {} : { label: label.name }),
    sender: sender.login,
  };
}

function mergeGroup(payload: unknown, event: string): Kind<"merge-group"> {
  const { head_sha, head_ref, base_sha, base_ref } = parsed(mergeGroupEvent, payload, event).merge_group;
  const number = queuedPullRequest(head_ref);
  return {
    kind: "merge-group",
    head: head_sha,
    base: base_sha,
    baseBranch: withoutPrefix(base_ref),
    ...(number === undefined ? {} : { number }),
  };
}

/** A tag is pushed as well; nothing but a branch can be the default one. */
function push(payload: unknown, event: string): Kind<"push"> {
  const { repository, ref, before, after } = parsed(pushEvent, payload, event);
  return {
    kind: "push",
    sha: after,
    branch: withoutPrefix(ref),
    isDefault: ref === `refs/heads/${repository.default_branch}`,
    ...(/^0+$/.test(before) ? {} : { before }),
  };
}

function withoutPrefix(ref: string): string {
  return ref.replace(/^refs\/heads\//, "");
}

function parsed<T>(schema: z.ZodType<T>, payload: unknown, event: string): T {
  const read = schema.safeParse(payload);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const where = issue && issue.path.length > 0 ? ` at \`${issue.path.join(".")}\`` : "";
  throw new PlanGateError("input-missing", `the payload of \`${event}\` is not as GitHub sends it${where}`, {
    hint: "Leave `GITHUB_EVENT_PATH` as the runner sets it; on a GHES, see which versions are supported.",
    cause: read.error,
  });
}
