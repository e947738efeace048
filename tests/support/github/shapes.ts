import { completeAs, type Json } from "./description.js";
import type { Hub } from "./hub.js";
import { actionsApp } from "./state.js";
import type {
  ArtifactState,
  CheckRunState,
  CommentState,
  IssueState,
  LabelEventState,
  PullState,
  RunState,
  StatusState,
} from "./types.js";

// What GitHub answers, of which only what can matter is said here: the description's other fields are filled in later.

export function userJson(hub: Hub, login: string): Json {
  const actor = hub.state.users.get(login);
  return completeAs("simple-user", {
    login,
    id: login === "github-actions[bot]" ? 41898282 : idOf(login),
    node_id: `U_${idOf(login)}`,
    type: actor?.type ?? "User",
    url: `${hub.urls.api}/users/${encodeURIComponent(login)}`,
    html_url: `${hub.urls.server}/${encodeURIComponent(login)}`,
  });
}

/** The App, as the check runs and events that it wrote carry it. */
function appJson(hub: Hub, slug: string): Json {
  return completeAs("integration", {
    id: slug === actionsApp ? 15368 : idOf(slug),
    slug,
    name: slug === actionsApp ? "GitHub Actions" : slug,
    owner: userJson(hub, "github"),
    permissions: {},
    events: [],
  });
}

export function repositoryJson(hub: Hub): Json {
  const { owner, name, defaultBranch, fork } = hub.state.settings;
  return {
    ...ownedRepository(hub, owner, name),
    private: hub.state.settings.private,
    visibility: hub.state.settings.private ? "private" : "public",
    fork,
    default_branch: defaultBranch,
    allow_forking: true,
    permissions: { admin: false, maintain: false, push: false, triage: false, pull: true },
  };
}

function ownedRepository(hub: Hub, owner: string, name: string): Json {
  const fullName = `${owner}/${name}`;
  return {
    id: idOf(fullName),
    node_id: `R_${idOf(fullName)}`,
    name,
    full_name: fullName,
    owner: userJson(hub, owner),
    url: `${hub.urls.api}/repos/${fullName}`,
    html_url: `${hub.urls.server}/${fullName}`,
    clone_url: `${hub.urls.server}/${fullName}.git`,
    default_branch: hub.state.settings.defaultBranch,
    fork: owner !== hub.state.settings.owner,
  };
}

export async function pullJson(hub: Hub, pull: PullState): Promise<Json> {
  const { owner, name } = hub.state.settings;
  const mergeCommit = pull.state === "open" ? await hub.mergeCommit(pull.number) : undefined;
  const headRepository =
    pull.headOwner === owner ? repositoryJson(hub) : { ...ownedRepository(hub, pull.headOwner, name), fork: true };
  return {
    id: idOf(`pull ${pull.number}`),
    number: pull.number,
    state: pull.state,
    title: pull.title,
    body: pull.body,
    user: userJson(hub, pull.author),
    labels: labelsJson(hub, pull.labels),
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    draft: false,
    merged: pull.merged,
    mergeable: mergeCommit !== undefined,
    merge_commit_sha: mergeCommit ?? null,
    url: `${hub.urls.api}/repos/${owner}/${name}/pulls/${pull.number}`,
    html_url: pullUrl(hub, pull.number),
    head: {
      label: `${pull.headOwner}:${pull.branch}`,
      ref: pull.branch,
      sha: pull.seenHead,
      user: userJson(hub, pull.headOwner),
      repo: pull.headGone ? null : headRepository,
    },
    base: {
      label: `${owner}:${pull.base}`,
      ref: pull.base,
      sha: pull.baseSha,
      user: userJson(hub, owner),
      repo: repositoryJson(hub),
    },
    author_association: associationOf(hub, pull.author),
  };
}

export function issueJson(hub: Hub, issue: IssueState | PullState): Json {
  const isPull = "branch" in issue;
  const { owner, name } = hub.state.settings;
  return {
    id: idOf(`issue ${issue.number}`),
    number: issue.number,
    state: issue.state,
    title: issue.title,
    body: issue.body,
    user: userJson(hub, issue.author),
    labels: labelsJson(hub, issue.labels),
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: isPull ? null : issue.closedAt,
    comments: hub.state.comments.filter(({ number }) => number === issue.number).length,
    url: `${hub.urls.api}/repos/${owner}/${name}/issues/${issue.number}`,
    html_url: isPull ? pullUrl(hub, issue.number) : `${hub.urls.server}/${owner}/${name}/issues/${issue.number}`,
    author_association: associationOf(hub, issue.author),
    ...(isPull
      ? { pull_request: { url: null, html_url: pullUrl(hub, issue.number), diff_url: null, patch_url: null } }
      : {}),
  };
}

export function labelsJson(hub: Hub, labels: Iterable<string>): readonly Json[] {
  return [...labels].map((label) => labelJson(hub, label));
}

export function labelJson(hub: Hub, name: string): Json {
  const label = hub.state.labels.get(name.toLowerCase());
  return {
    id: idOf(`label ${name}`),
    node_id: `LA_${idOf(name)}`,
    url: `${hub.urls.api}/labels/${encodeURIComponent(name)}`,
    name: label?.name ?? name,
    color: label?.color ?? "ededed",
    description: label?.description ?? null,
    default: false,
  };
}

export function labelEventJson(hub: Hub, event: LabelEventState): Json {
  return {
    id: event.id,
    node_id: `LE_${event.id}`,
    event: event.event,
    actor: userJson(hub, event.actor.login),
    created_at: event.at,
    label: { name: event.label, color: hub.state.labels.get(event.label.toLowerCase())?.color ?? "ededed" },
    commit_id: null,
    commit_url: null,
    performed_via_github_app: event.actor.app === undefined ? null : appJson(hub, event.actor.app),
  };
}

export function commentJson(hub: Hub, comment: CommentState): Json {
  return {
    id: comment.id,
    node_id: `IC_${comment.id}`,
    body: comment.body,
    user: userJson(hub, comment.author),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    html_url: commentUrl(hub, comment),
    author_association: associationOf(hub, comment.author),
  };
}

export function commentUrl(hub: Hub, { id, number }: CommentState): string {
  return `${pullUrl(hub, number)}#issuecomment-${id}`;
}

export function checkRunJson(hub: Hub, run: CheckRunState): Json {
  const { owner, name } = hub.state.settings;
  const url = `${hub.urls.api}/repos/${owner}/${name}/check-runs/${run.id}`;
  return {
    id: run.id,
    node_id: `CR_${run.id}`,
    name: run.name,
    head_sha: run.headSha,
    external_id: run.externalId,
    url,
    html_url: `${hub.urls.server}/${owner}/${name}/runs/${run.id}`,
    details_url: run.detailsUrl ?? `${hub.urls.server}/${owner}/${name}/runs/${run.id}`,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.startedAt,
    completed_at: run.completedAt,
    output: {
      title: run.title,
      summary: run.summary,
      text: run.text,
      annotations_count: run.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: idOf(`suite ${run.headSha}`) },
    app: appJson(hub, run.app),
    // GitHub lists pull requests of this repository only, and often none: nobody may rely on it.
    pull_requests: [],
  };
}

export function statusJson(hub: Hub, status: StatusState): Json {
  return {
    id: status.id,
    state: status.state,
    context: status.context,
    description: status.description,
    target_url: status.targetUrl,
    created_at: status.at,
    updated_at: status.at,
    creator: userJson(hub, status.by),
  };
}

export function runJson(hub: Hub, run: RunState): Json {
  const { owner, name } = hub.state.settings;
  const [headOwner = "", headName = ""] = (run.headRepository ?? "/").split("/");
  const head =
    run.headRepository === null
      ? null
      : headOwner === owner
        ? repositoryJson(hub)
        : ownedRepository(hub, headOwner, headName);
  return {
    id: run.id,
    name: "plan-gate",
    event: run.event,
    head_sha: run.headSha,
    head_branch: run.headBranch,
    head_repository: head,
    repository: repositoryJson(hub),
    path: run.path,
    run_attempt: run.attempt,
    run_number: 1,
    status: run.status,
    conclusion: run.conclusion,
    created_at: run.createdAt,
    updated_at: run.createdAt,
    html_url: `${hub.urls.server}/${owner}/${name}/actions/runs/${run.id}`,
    // Empty for forks on GitHub: always empty here, nobody may rely on it.
    pull_requests: [],
  };
}

export function artifactJson(hub: Hub, artifact: ArtifactState): Json {
  const { owner, name } = hub.state.settings;
  const url = `${hub.urls.api}/repos/${owner}/${name}/actions/artifacts/${artifact.id}`;
  const run = hub.state.runs.get(artifact.runId);
  return {
    id: artifact.id,
    node_id: `AR_${artifact.id}`,
    name: artifact.name,
    size_in_bytes: artifact.zip.length,
    url,
    archive_download_url: `${url}/zip`,
    expired: artifact.expired,
    created_at: artifact.createdAt,
    expires_at: artifact.createdAt,
    updated_at: artifact.createdAt,
    workflow_run: { id: artifact.runId, head_sha: run?.headSha ?? "", head_branch: run?.headBranch ?? "" },
  };
}

export function pullUrl(hub: Hub, number: number): string {
  return `${hub.urls.server}/${hub.state.settings.owner}/${hub.state.settings.name}/pull/${number}`;
}

function associationOf({ state }: Hub, login: string): string {
  if (login === state.settings.owner) return "OWNER";
  return state.collaborators.has(login) ? "COLLABORATOR" : "NONE";
}

/** The same number for the same name. */
function idOf(name: string): number {
  let hash = 7;
  for (const letter of name) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 90_000_000;
  return 10_000_000 + hash;
}
