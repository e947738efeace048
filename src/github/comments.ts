import type { Api } from "./api.js";
import { unlessMissing } from "./api.js";
import { type GitHub, GitHubError, type OwnComment } from "./github.js";

type Comments = Pick<GitHub, "ownComments" | "createComment" | "updateComment" | "deleteComment">;

/** Only GraphQL says who wrote a comment as seen by our token, and whether somebody hid it. */
const query = `query ($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    issueOrPullRequest(number: $number) {
      ... on Issue { comments(first: 100, after: $after) { ...page } }
      ... on PullRequest { comments(first: 100, after: $after) { ...page } }
    }
  }
}
fragment page on IssueCommentConnection {
  pageInfo { hasNextPage endCursor }
  nodes { url body viewerDidAuthor isMinimized }
}`;

interface Page {
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly nodes: readonly CommentNode[];
}

interface CommentNode {
  readonly url: string;
  readonly body: string;
  readonly viewerDidAuthor: boolean;
  readonly isMinimized: boolean;
}

interface Answer {
  readonly repository: { readonly issueOrPullRequest: { readonly comments: Page } | null } | null;
}

/** Comments of issues and pull requests. */
export function commentsOf(api: Api): Comments {
  const { at } = api;
  return {
    async ownComments(number, marker) {
      const written = await writtenByUs(api, number);
      return written.filter(({ isMinimized, body }) => !isMinimized && body.startsWith(marker)).map(ownComment);
    },
    createComment: (number, body) =>
      api.once({
        async send() {
          const standIn = { html_url: `#dry-run`, body, id: 0 };
          const { data } = await api.request("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", {
            ...at,
            issue_number: number,
            body,
            request: { standIn },
          });
          return { id: Number(data.id), url: data.html_url, body: data.body ?? body };
        },
        async arrived() {
          const same = (await writtenByUs(api, number)).filter((one) => sameText(one.body, body));
          const last = same.at(-1);
          return last && ownComment(last);
        },
      }),
    async updateComment(id, body) {
      const { data } = await api.request("PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}", {
        ...at,
        comment_id: id,
        body,
        request: { standIn: { html_url: `#dry-run`, body, id } },
      });
      return { id: Number(data.id), url: data.html_url, body: data.body ?? body };
    },
    async deleteComment(id) {
      await unlessMissing(
        api.request("DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}", { ...at, comment_id: id }),
      );
    },
  };
}

/** Oldest first, minimised ones included. */
async function writtenByUs(api: Api, number: number): Promise<readonly CommentNode[]> {
  const found: CommentNode[] = [];
  let after: string | null = null;
  do {
    const variables = { owner: api.at.owner, name: api.at.repo, number, after };
    const answer: Answer = await api.graphql({ query, variables });
    const page = answer.repository?.issueOrPullRequest?.comments;
    if (!page) throw new GitHubError(`GitHub does not know issue or pull request ${number}`, 404);
    found.push(...page.nodes.filter(({ viewerDidAuthor }) => viewerDidAuthor));
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null);
  return found;
}

/** The address holds the whole id; GraphQL's own `databaseId` is too narrow for today's ids. */
function ownComment({ url, body }: CommentNode): OwnComment {
  const id = Number(/#issuecomment-(\d+)$/.exec(url)?.[1]);
  if (!Number.isSafeInteger(id)) throw new GitHubError("GitHub names a comment without its id", 0);
  return { id, url, body };
}

/** Text as GitHub keeps it: line breaks and the end may come back otherwise. */
export function sameText(a: string, b: string): boolean {
  const kept = (text: string) => text.replace(/\r\n?/g, "\n").trimEnd();
  return kept(a) === kept(b);
}
