import type { Api } from "./api.js";
import { sameText } from "./comments.js";
import { type GitHub, GitHubError, type Issue } from "./github.js";

type Issues = Pick<GitHub, "ownIssues" | "createIssue" | "updateIssue">;

/** An issue as REST shows it, as far as we look. */
interface IssueJson {
  readonly number: number;
  readonly title: string;
  readonly body?: string | null;
  readonly state: string;
  readonly labels: readonly (string | { readonly name?: string | null })[];
  readonly closed_at: string | null;
  readonly html_url: string;
}

/** Issues that we look after. In a dry run nothing is read back. */
export function issuesOf(api: Api, { dryRun }: { readonly dryRun: boolean }): Issues {
  const { at } = api;
  return {
    ownIssues: (label) => ownIssues(api, label),
    createIssue: ({ title, body, labels }) =>
      api.once({
        async send() {
          const standIn: IssueJson = { number: 0, title, body, state: "open", labels, closed_at: null, html_url: "" };
          const { data } = await api.request("POST /repos/{owner}/{repo}/issues", {
            ...at,
            title,
            body,
            labels: [...labels],
            request: { standIn },
          });
          return issue(data);
        },
        async arrived() {
          const found = await ownIssues(api, labels[0] ?? "");
          return found.find((one) => one.state === "open" && one.title === title && sameText(one.body, body));
        },
      }),
    async updateIssue(number, change) {
      const { title = "", body = "", state = "open" } = change;
      const standIn: IssueJson = { number, title, body, state, labels: [], closed_at: null, html_url: "" };
      const route = { ...at, issue_number: number };
      const { data } = await api.request("PATCH /repos/{owner}/{repo}/issues/{issue_number}", {
        ...route,
        ...change,
        request: { standIn },
      });
      if (dryRun || change.body === undefined) return issue(data);
      const kept = issue((await api.request("GET /repos/{owner}/{repo}/issues/{issue_number}", route)).data);
      if (sameText(kept.body, change.body)) return kept;
      const length = change.body.length;
      throw new GitHubError(`GitHub kept the old text of issue ${number}: the new one has ${length} characters`, 422);
    },
  };
}

async function ownIssues(api: Api, label: string): Promise<readonly Issue[]> {
  const { viewer } = await api.graphql<{ readonly viewer: { readonly login: string } }>({
    query: "query { viewer { login } }",
    variables: {},
  });
  const found = await api.paginate("GET /repos/{owner}/{repo}/issues", {
    ...api.at,
    labels: label,
    state: "all",
    sort: "created",
    direction: "desc",
    per_page: 100,
  });
  return found
    .filter(({ pull_request, user }) => !pull_request && user !== null && isViewer(user, viewer.login))
    .map(issue);
}

/** GraphQL may name a bot without the `[bot]` that REST puts behind it. */
function isViewer(user: { readonly login: string; readonly type: string }, login: string): boolean {
  return user.login === login || (user.type === "Bot" && user.login === `${login}[bot]`);
}

function issue({ number, title, body, state, labels, closed_at, html_url }: IssueJson): Issue {
  return {
    number,
    title,
    body: body ?? "",
    state: state === "open" ? "open" : "closed",
    labels: labels.map((label) => (typeof label === "string" ? label : (label.name ?? ""))),
    closedAt: closed_at,
    url: html_url,
  };
}
