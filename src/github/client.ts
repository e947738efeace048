import { openApi } from "./api.js";
import { appendToFile } from "./append.js";
import { branchesOf } from "./branches.js";
import { checksOf } from "./checks.js";
import { commentsOf } from "./comments.js";
import { contentsOf } from "./contents.js";
import type { GitHub } from "./github.js";
import { issuesOf } from "./issues.js";
import { labelsOf } from "./labels.js";
import { peopleOf } from "./people.js";
import { pullsOf } from "./pulls.js";
import { runsOf } from "./runs.js";
import { type Limits, openSending, usualLimits } from "./sending.js";

/** Where GitHub is, and as whom it is asked. */
export interface Connection {
  /** Of the job; empty where there is none. */
  readonly token: string;
  /** Commits, moves branches and opens pull requests in place of `token`, so that workflows start. */
  readonly commitToken?: string | undefined;
  /** May read the organisation's teams. */
  readonly orgToken?: string | undefined;
  /** `owner/name`. */
  readonly repository: string;
  readonly apiUrl: string;
  readonly graphqlUrl: string;
  readonly serverUrl: string;
  /** plan-gate's. */
  readonly version: string;
  /** Tells each write instead of sending it. */
  readonly dryRun?: boolean;
  readonly tell: (line: string) => void;
  /** Milliseconds, monotonic. */
  readonly clock: () => number;
  readonly signal: AbortSignal;
  readonly limits?: Limits;
}

/** GitHub over its API. Every method throws GitHubError, or what `signal` was aborted with. */
export function connectGitHub(connection: Connection): GitHub {
  const { token, commitToken, orgToken, repository, apiUrl, serverUrl, dryRun = false } = connection;
  const { clock, signal, limits = usualLimits } = connection;
  const sending = openSending({ limits, clock, signal });
  const open = (as: string) => openApi({ ...connection, dryRun, token: as }, sending);
  const api = open(token);
  const writer = commitToken ? open(commitToken) : api;
  return {
    repository,
    serverUrl: serverUrl.replace(/\/+$/, ""),
    enterprise: /\/api\/v3\/*$/.test(apiUrl),
    get sent() {
      return sending.count.sent;
    },
    ...branchesOf(api, writer),
    ...contentsOf(api),
    ...pullsOf(api, writer),
    ...commentsOf(api),
    ...labelsOf(api),
    ...peopleOf(api, orgToken ? open(orgToken) : undefined),
    ...checksOf(api),
    ...runsOf(api),
    ...issuesOf(api, { dryRun }),
    appendToFile: (append) => appendToFile(api, append),
  };
}
