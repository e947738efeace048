import type { Api } from "./api.js";
import type { GitHub, PullRequest } from "./github.js";

type Pulls = Pick<
  GitHub,
  "pullRequest" | "openPullRequests" | "openPullRequestsAt" | "createPullRequest" | "updatePullRequest"
>;

/** Of a hundred each. */
const mostPages = 10;

/** A pull request as every route of REST shows it, as far as we look. */
interface PullJson {
  readonly number: number;
  readonly state: string;
  readonly user: { readonly login: string } | null;
  readonly labels: readonly { readonly name: string }[];
  readonly head: { readonly sha: string; readonly ref: string; readonly repo: { readonly full_name: string } | null };
  readonly base: { readonly sha: string; readonly ref: string };
}

/** Pull requests; `writer` is who opens them. */
export function pullsOf(api: Api, writer: Api): Pulls {
  const { at } = api;
  return {
    async pullRequest(number) {
      const { data } = await api.request("GET /repos/{owner}/{repo}/pulls/{pull_number}", {
        ...at,
        pull_number: number,
      });
      return pullRequest(data);
    },
    openPullRequests: ({ owner, branch }) => openFrom(api, `${owner}:${branch}`),
    openPullRequestsAt: (sha) => openAt(api, sha),
    createPullRequest: ({ title, body, head, base }) =>
      writer.once({
        async send() {
          const standIn = { number: 0, state: "open", user: null, labels: [], head: place(head), base: place(base) };
          const { data } = await writer.request("POST /repos/{owner}/{repo}/pulls", {
            ...at,
            title,
            body,
            head,
            base,
            request: { standIn },
          });
          return pullRequest(data);
        },
        async arrived() {
          const open = await openFrom(api, `${at.owner}:${head}`);
          return open.find((one) => one.base.branch === base);
        },
      }),
    async updatePullRequest(number, change) {
      await writer.request("PATCH /repos/{owner}/{repo}/pulls/{pull_number}", {
        ...at,
        pull_number: number,
        ...change,
      });
    },
  };
}

async function openFrom(api: Api, head: string): Promise<readonly PullRequest[]> {
  const found = await api.paginate("GET /repos/{owner}/{repo}/pulls", {
    ...api.at,
    state: "open",
    head,
    per_page: 100,
  });
  return found.map(pullRequest);
}

/** GitHub's own list by commit leaves out forks. */
async function openAt(api: Api, sha: string): Promise<readonly PullRequest[]> {
  let pages = 0;
  const query = { ...api.at, state: "open", sort: "updated", direction: "desc", per_page: 100 } as const;
  const found = await api.paginate("GET /repos/{owner}/{repo}/pulls", query, ({ data }, done) => {
    pages += 1;
    if (pages === mostPages) done();
    return data.filter(({ head }) => head.sha === sha).map(pullRequest);
  });
  // A list that moves while it is read may show one twice.
  return [...new Map(found.map((one) => [one.number, one])).values()];
}

function pullRequest({ number, state, user, labels, head, base }: PullJson): PullRequest {
  return {
    number,
    state: state === "open" ? "open" : "closed",
    // GitHub's name for an account that is gone.
    author: user?.login ?? "ghost",
    labels: labels.map(({ name }) => name),
    head: { sha: head.sha, branch: head.ref, repository: head.repo?.full_name ?? null },
    base: { sha: base.sha, branch: base.ref },
  };
}

function place(ref: string) {
  return { sha: "", ref, repo: null };
}
