/** A stateful stand-in for GitHub on loopback: REST, GraphQL, git over HTTP, and the artifact service of a run. */
export interface FakeGitHub extends AsyncDisposable {
  /** What a job sees as GITHUB_SERVER_URL; git is served at `<serverUrl>/<owner>/<name>`. */
  readonly serverUrl: string;
  /** What a job sees as GITHUB_API_URL. */
  readonly apiUrl: string;
  /** What a job sees as GITHUB_GRAPHQL_URL. */
  readonly graphqlUrl: string;
  /** What a job sees as ACTIONS_RESULTS_URL; absent on a GHES, whose artifacts the toolkit cannot write. */
  readonly resultsUrl: string | undefined;
  /** `owner/name`. */
  readonly repository: string;
  readonly enterprise: boolean;
  /** The token of a job with the permissions of the simple workflow; `setPermissions` changes it. */
  readonly jobToken: string;

  readonly clock: Clock;
  readonly git: GitRepository;
  /** Everything there is, to be read and changed by tests. Branches and files are not here: `git` has them. */
  readonly state: State;
  /** Calls of REST and GraphQL in the order they came, those that failed by `fail` included. */
  readonly requests: readonly SeenRequest[];
  /** What GitHub's own description does not allow, in requests or in our answers. Empty at the end of every test. */
  readonly problems: string[];

  /** A new token. What its permissions do not cover is answered by 403. */
  createToken(token: TokenState): string;
  setPermissions(token: string, permissions: Permissions): void;
  /** The bearer token with which a job of this run uploads artifacts (ACTIONS_RUNTIME_TOKEN). */
  runtimeToken(runId: number): string;
  /** Lets matching requests fail from now on, `times` times (for ever where absent). The oldest match counts. */
  fail(fault: Fault): void;
  /** All is well again. */
  heal(): void;

  openPull(pull: NewPull): Promise<PullState>;
  closePull(number: number): void;
  /** The head as the branch has it now. */
  pullHead(number: number): Promise<string>;
  /** GitHub's trial merge of the pull request as it is now, kept at `refs/pull/N/merge`; undefined on a conflict. */
  mergeCommit(number: number): Promise<string | undefined>;
  /** Somebody puts a label on an issue or pull request; creates the label where there is none. */
  label(number: number, label: string, by: Actor): LabelEventState;
  unlabel(number: number, label: string, by: Actor): LabelEventState;
  comment(number: number, body: string, by: Actor): CommentState;
  createCheckRun(run: NewCheckRunState): CheckRunState;
  createRun(run: NewRun): RunState;
  createArtifact(artifact: { readonly runId: number; readonly name: string; readonly zip: Buffer }): ArtifactState;
  /** As branch protection computes it, from the newest check run (and status) of each name on the head. */
  mergeable(number: number, requiredChecks: readonly string[]): Promise<Mergeable>;
  /** The pull request as REST and event payloads show it. */
  pullJson(number: number): Promise<Record<string, unknown>>;
  repositoryJson(): Record<string, unknown>;
  userJson(login: string): Record<string, unknown>;
}

export interface FakeGitHubOptions {
  /** "acme/shop" where absent. */
  readonly repository?: string;
  readonly defaultBranch?: string;
  /** A GHES: everything under `/api/v3` and `/api/graphql`, and no artifact service. */
  readonly enterprise?: boolean;
  /** git and artifacts need a token. */
  readonly private?: boolean;
  /** Where the clock begins, ISO 8601; now where absent. */
  readonly startsAt?: string;
}

/** Server time. Every stamp is a second later than the one before. */
export interface Clock {
  /** ISO 8601 without milliseconds. Stands still. */
  now(): string;
  /** ISO 8601 without milliseconds. Moves on by a second. */
  stamp(): string;
  advance(seconds: number): void;
}

export interface Mergeable {
  readonly mergeable: boolean;
  /** What blocks, in words: "plan-gate: failure". */
  readonly blockedBy: readonly string[];
}

/** The bare repository behind it all. A ref is a full name ("refs/heads/main"), a branch's name, or a SHA. */
export interface GitRepository {
  /** Folder of the bare repository. */
  readonly folder: string;
  resolve(ref: string): Promise<string | undefined>;
  branches(): Promise<readonly { readonly name: string; readonly sha: string }[]>;
  /** Creates or changes files (null deletes) on top of a ref's tip and moves the ref. Returns the commit. */
  commit(commit: NewGitCommit): Promise<string>;
  setRef(ref: string, sha: string): Promise<void>;
  deleteRef(ref: string): Promise<void>;
  /** A file's text at a commit; undefined where it is not there. */
  read(ref: string, path: string): Promise<string | undefined>;
  blobOf(ref: string, path: string): Promise<string | undefined>;
  /** Paths in a commit, sorted. */
  list(ref: string): Promise<readonly string[]>;
  /** git itself, for what is not here; the output without its last newline. */
  run(args: readonly string[], input?: string | Buffer, env?: Readonly<Record<string, string>>): Promise<string>;
}

/** Contents by path: null deletes, bytes for what is no text. */
export type Files = Readonly<Record<string, string | Buffer | null>>;

export interface NewGitCommit {
  /** Full name, or a branch's. */
  readonly ref: string;
  /** The parent where the ref is not there yet, or where it is to be thrown back to; no parent: a first commit. */
  readonly from?: string;
  readonly files: Files;
  readonly message?: string;
  readonly author?: string;
}

export type Access = "none" | "read" | "write";
export type PermissionName =
  | "contents"
  | "pull-requests"
  | "issues"
  | "checks"
  | "statuses"
  | "actions"
  | "workflows"
  | "members";
/** What is not named is "none"; `metadata: read` is always there. */
export type Permissions = Readonly<Partial<Record<PermissionName, Access>>>;

export interface Actor {
  readonly login: string;
  /** "User" where absent. */
  readonly type?: "User" | "Bot" | "Organization" | "Mannequin";
  /** Slug of the App that acts, by itself or on the user's behalf. */
  readonly app?: string;
}

export interface TokenState {
  readonly actor: Actor;
  readonly permissions: Permissions;
}

export interface SeenRequest {
  readonly method: string;
  /** Without the prefix of a GHES, with the query. */
  readonly path: string;
  /** 0 where no answer was given. */
  readonly status: number;
  /** Of GraphQL: the fields at the top, as in "createCommitOnBranch". */
  readonly fields?: readonly string[];
  /** Login of the token's owner; undefined without a known token. */
  readonly by: string | undefined;
}

export interface Fault {
  /** Any where absent. */
  readonly method?: string;
  /** Of the path with the query, without the prefix of a GHES. GraphQL's is "/graphql". */
  readonly path: RegExp;
  /** Requests that fail; all where absent. */
  readonly times?: number;
  /** Requests that are let through before. */
  readonly after?: number;
  readonly kind:
    | { readonly status: 403 | 404 | 422 | 500 | 502 | 503; readonly message?: string }
    | { readonly status: 429; readonly retryAfterSeconds: number }
    /** 403 with GitHub's words for a secondary rate limit. */
    | { readonly secondaryLimit: true; readonly retryAfterSeconds: number }
    /** Takes the request and never answers. */
    | "hang"
    | { readonly slowMilliseconds: number }
    | "reset"
    /** 200 with half of the JSON. */
    | "truncated"
    /** Does what was asked, and the answer is lost: the connection is reset. */
    | "answer-lost";
}

export interface State {
  readonly settings: RepositorySettings;
  readonly users: Map<string, Actor>;
  /** By login; strangers are not in it. */
  readonly collaborators: Map<string, Role>;
  /** By "organisation/team", then by login. */
  readonly teams: Map<string, Map<string, "active" | "pending">>;
  /** By number. Issues and pull requests share their numbers. */
  readonly pulls: Map<number, PullState>;
  readonly issues: Map<number, IssueState>;
  /** The repository's labels, by name in lower case. */
  readonly labels: Map<string, LabelState>;
  readonly comments: CommentState[];
  readonly timeline: LabelEventState[];
  /** Oldest first. */
  readonly checkRuns: CheckRunState[];
  readonly statuses: StatusState[];
  readonly runs: Map<number, RunState>;
  readonly artifacts: Map<number, ArtifactState>;
}

/** The role; the permission that the API shows for triage is "read", for maintain "write". */
export type Role = "none" | "read" | "triage" | "write" | "maintain" | "admin";

export interface RepositorySettings {
  readonly owner: string;
  readonly name: string;
  defaultBranch: string;
  private: boolean;
  fork: boolean;
  /** Nobody moves these but by merging. */
  readonly protectedBranches: Set<string>;
  /** "Allow GitHub Actions to create and approve pull requests". */
  actionsMayOpenPulls: boolean;
}

export interface NewPull {
  /** Head branch; it must be there. A fork's is kept at `refs/forks/<owner>/<branch>` of the same repository. */
  readonly branch: string;
  /** Login of the fork's owner; absent: a branch of this repository. */
  readonly fork?: string;
  /** The default branch where absent. */
  readonly base?: string;
  readonly title?: string;
  readonly body?: string;
  readonly author?: Actor;
}

export interface PullState {
  readonly number: number;
  title: string;
  body: string;
  state: "open" | "closed";
  merged: boolean;
  author: string;
  readonly branch: string;
  /** Of the head repository: "acme", or the fork's owner. */
  readonly headOwner: string;
  /** The fork was deleted. */
  headGone: boolean;
  base: string;
  /** What `base.sha` shows: the base as it was when the head last moved. It lags, as GitHub's does. */
  baseSha: string;
  /** The head that `baseSha` was taken with. */
  seenHead: string;
  labels: Set<string>;
  readonly createdAt: string;
  updatedAt: string;
}

export interface IssueState {
  readonly number: number;
  title: string;
  body: string;
  state: "open" | "closed";
  author: string;
  labels: Set<string>;
  readonly createdAt: string;
  updatedAt: string;
  closedAt: string | null;
}

export interface LabelState {
  readonly name: string;
  color: string;
  description: string | null;
}

export interface CommentState {
  readonly id: number;
  /** Of the issue or pull request. */
  readonly number: number;
  body: string;
  author: string;
  minimized: boolean;
  readonly createdAt: string;
  updatedAt: string;
}

export interface LabelEventState {
  readonly id: number;
  readonly number: number;
  readonly event: "labeled" | "unlabeled";
  readonly label: string;
  readonly actor: Actor;
  readonly at: string;
}

export interface NewCheckRunState {
  readonly name: string;
  readonly headSha: string;
  /** "github-actions" where absent. */
  readonly app?: string;
  readonly externalId?: string;
  readonly status?: CheckRunState["status"];
  readonly conclusion?: string | null;
  readonly title?: string;
  readonly summary?: string;
  readonly text?: string;
}

export interface CheckRunState {
  readonly id: number;
  name: string;
  readonly headSha: string;
  /** Slug of the App that wrote it. */
  readonly app: string;
  externalId: string;
  status: "queued" | "in_progress" | "completed" | "waiting" | "requested" | "pending";
  conclusion: string | null;
  startedAt: string | null;
  completedAt: string | null;
  detailsUrl: string | null;
  title: string | null;
  summary: string | null;
  text: string | null;
  annotations: AnnotationState[];
}

/** As the check run's request gives it. */
export interface AnnotationState {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly annotation_level: "notice" | "warning" | "failure";
  readonly message: string;
  readonly title?: string;
}

export interface StatusState {
  readonly id: number;
  readonly sha: string;
  readonly context: string;
  readonly state: "error" | "failure" | "pending" | "success";
  readonly description: string | null;
  readonly targetUrl: string | null;
  readonly by: string;
  readonly at: string;
}

export interface NewRun {
  readonly event: string;
  readonly headSha: string;
  readonly headBranch: string;
  /** `owner/name`; this repository where absent, null where it was deleted. */
  readonly headRepository?: string | null;
  /** ".github/workflows/plan-gate.yml" where absent. */
  readonly path?: string;
  readonly attempt?: number;
  readonly conclusion?: string | null;
}

export interface RunState {
  readonly id: number;
  readonly event: string;
  readonly headSha: string;
  readonly headBranch: string;
  readonly headRepository: string | null;
  readonly path: string;
  attempt: number;
  status: "in_progress" | "completed";
  conclusion: string | null;
  readonly createdAt: string;
}

export interface ArtifactState {
  readonly id: number;
  readonly runId: number;
  readonly name: string;
  zip: Buffer;
  expired: boolean;
  readonly createdAt: string;
}
