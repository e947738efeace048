/** What plan-gate asks of GitHub and tells it. One implementation (`client.ts`); everything else is handed this. */
export interface GitHub {
  /** `owner/name`. */
  readonly repository: string;
  /** "https://github.com", or a GHES's address. */
  readonly serverUrl: string;
  /** Whether this is GitHub Enterprise Server: no artifacts by the toolkit, and bots' commits start no workflow. */
  readonly enterprise: boolean;
  /** Requests sent so far, tries counted one by one. */
  readonly sent: number;

  // Reads. They throw GitHubError.
  defaultBranch(): Promise<string>;
  branch(name: string): Promise<Branch | undefined>;
  pullRequest(number: number): Promise<PullRequest>;
  /** Open pull requests whose head branch is this one; `owner` is the head repository's. */
  openPullRequests(head: { readonly owner: string; readonly branch: string }): Promise<readonly PullRequest[]>;
  /** Open pull requests of any branch, forks' among them, whose head is this commit; of the newest thousand. */
  openPullRequestsAt(sha: string): Promise<readonly PullRequest[]>;
  /** Where both histories meet. */
  mergeBase(base: string, head: string): Promise<string>;
  /** The newest `labeled` event of this label that no `unlabeled` one follows, from the timeline, all pages. */
  newestLabeled(pullRequest: number, label: string): Promise<LabelEvent | undefined>;
  /** The role in this repository; "none" for strangers. */
  role(login: string): Promise<Role>;
  /** Whether somebody is an active member of `organisation/team`; asks with the org token. Throws where it may not know. */
  isInTeam(team: string, login: string): Promise<boolean>;
  /** Check runs of this name on a commit that the App `github-actions` wrote, newest first. */
  checkRuns(sha: string, name: string): Promise<readonly CheckRun[]>;
  checkRun(id: number): Promise<CheckRun | undefined>;
  /** Comments of an issue or pull request that begin with `marker`, that we wrote and nobody minimised, oldest first. */
  ownComments(number: number, marker: string): Promise<readonly OwnComment[]>;
  /** git's blob id of a file at a commit or branch; undefined where it is not there. */
  blobOf(path: string, ref: string): Promise<string | undefined>;
  /** Files that `head` changed since both histories met, with their blobs there; null where it has none. GitHub tells 300. */
  changedFiles(base: string, head: string): Promise<readonly { readonly path: string; readonly blob: string | null }[]>;
  workflowRun(id: number): Promise<WorkflowRun>;
  artifacts(runId: number): Promise<readonly Artifact[]>;
  /** The artifact's zip file. Refuses more than `maxBytes`. */
  downloadArtifact(id: number, maxBytes: number): Promise<Buffer>;
  /** Open and closed issues that we opened with this label, newest first. */
  ownIssues(label: string): Promise<readonly Issue[]>;
  /** A text file at a branch; undefined where branch or file is not there. */
  readFile(branch: string, path: string): Promise<string | undefined>;

  // Writes. In a dry run they print the request and send nothing.
  createComment(number: number, body: string): Promise<OwnComment>;
  updateComment(id: number, body: string): Promise<OwnComment>;
  deleteComment(id: number): Promise<void>;
  createCheckRun(run: NewCheckRun): Promise<CheckRun>;
  updateCheckRun(id: number, change: CheckRunChange): Promise<CheckRun>;
  createStatus(sha: string, status: NewStatus): Promise<void>;
  createLabel(label: { readonly name: string; readonly color: string; readonly description: string }): Promise<void>;
  removeLabel(pullRequest: number, label: string): Promise<void>;
  /** One signed commit by compare-and-swap; with the commit token where there is one. Returns its SHA. */
  commitOnBranch(commit: NewCommit): Promise<string>;
  createIssue(issue: {
    readonly title: string;
    readonly body: string;
    readonly labels: readonly string[];
  }): Promise<Issue>;
  /** Reads the body back: GitHub answers 200 and keeps the old text where the new one is too long. */
  updateIssue(number: number, change: Partial<Pick<Issue, "title" | "body" | "state">>): Promise<Issue>;
  /** Creates the branch (an orphan without `from`) or fast-forwards it; retries when somebody else was quicker. */
  appendToFile(append: {
    readonly branch: string;
    readonly path: string;
    readonly lines: string;
    readonly message: string;
  }): Promise<void>;
  createBranch(name: string, sha: string): Promise<void>;
  /** Moves a branch of ours to a commit, whatever it held. */
  resetBranch(name: string, sha: string): Promise<void>;
  createPullRequest(pull: {
    readonly title: string;
    readonly body: string;
    readonly head: string;
    readonly base: string;
  }): Promise<PullRequest>;
  updatePullRequest(number: number, change: { readonly title?: string; readonly body?: string }): Promise<void>;
}

export type Role = "none" | "read" | "triage" | "write" | "maintain" | "admin";

export interface Branch {
  readonly name: string;
  readonly sha: string;
  readonly protected: boolean;
}

export interface PullRequest {
  readonly number: number;
  readonly state: "open" | "closed";
  readonly author: string;
  readonly labels: readonly string[];
  /** `repository` is null where the fork was deleted. */
  readonly head: { readonly sha: string; readonly branch: string; readonly repository: string | null };
  readonly base: { readonly sha: string; readonly branch: string };
}

/** Somebody put the label on. */
export interface LabelEvent {
  readonly id: number;
  readonly login: string;
  /** GitHub's word: "User", "Bot", "Organization", "Mannequin". */
  readonly type: string;
  /** The App through which it was done on somebody's behalf. */
  readonly viaApp: string | null;
  /** Server time, ISO 8601. */
  readonly at: string;
}

export interface CheckRun {
  readonly id: number;
  readonly name: string;
  readonly headSha: string;
  /** Slug of the App that wrote it. */
  readonly app: string;
  readonly externalId: string;
  readonly status: string;
  readonly conclusion: string | null;
  /** Server times, ISO 8601. */
  readonly startedAt: string | null;
  readonly completedAt: string | null;
  readonly title: string;
  readonly summary: string;
  readonly text: string;
  readonly url: string;
}

export interface Annotation {
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  readonly level: "failure" | "warning" | "notice";
  readonly title: string;
  readonly message: string;
}

export interface CheckRunChange {
  readonly status?: "in_progress" | "completed";
  readonly conclusion?: "success" | "neutral" | "failure" | "cancelled";
  readonly externalId?: string;
  readonly title?: string;
  readonly summary?: string;
  readonly text?: string;
  /** Any number: they are sent fifty at a time. */
  readonly annotations?: readonly Annotation[];
}

export interface NewCheckRun extends CheckRunChange {
  readonly name: string;
  readonly headSha: string;
}

export interface NewStatus {
  readonly context: string;
  readonly state: "success" | "failure" | "error" | "pending";
  readonly description: string;
  readonly targetUrl?: string;
}

export interface OwnComment {
  readonly id: number;
  readonly url: string;
  readonly body: string;
}

export interface WorkflowRun {
  readonly id: number;
  readonly event: string;
  readonly headSha: string;
  readonly headBranch: string;
  readonly headRepository: { readonly owner: string; readonly fullName: string } | null;
  /** Of the workflow file, as in `.github/workflows/plan-gate.yml`. */
  readonly path: string;
  readonly attempt: number;
}

export interface Artifact {
  readonly id: number;
  readonly name: string;
  readonly bytes: number;
  readonly expired: boolean;
}

export interface Issue {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly state: "open" | "closed";
  readonly labels: readonly string[];
  /** ISO 8601. */
  readonly closedAt: string | null;
  readonly url: string;
}

export interface NewCommit {
  readonly branch: string;
  readonly expectedHead: string;
  readonly headline: string;
  readonly body: string;
  readonly additions: readonly { readonly path: string; readonly text: string }[];
  readonly deletions: readonly string[];
}

/** GitHub said no, or nothing. Telling fails by it, judging never does. */
export class GitHubError extends Error {
  override readonly name = "GitHubError";
  /** The HTTP status; 0 where no answer came. */
  readonly status: number;
  /** The permission that was missing, as GitHub names it: "pull_requests=write". */
  readonly missing: string | undefined;

  constructor(message: string, status: number, missing?: string) {
    super(message);
    this.status = status;
    this.missing = missing;
  }

  /** What was missing, as a workflow's `permissions:` grants it: "pull-requests: write". */
  get permission(): string | undefined {
    return this.missing?.replaceAll("_", "-").replace("=", ": ");
  }
}
