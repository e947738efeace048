import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  buildSchema,
  type DocumentNode,
  execute,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  parse,
  validate,
} from "graphql";
import { allows } from "./access.js";
import type { Json } from "./description.js";
import type { Hub } from "./hub.js";
import { isProtected } from "./rest/git-data.js";
import { commentUrl, pullUrl } from "./shapes.js";
import type { CommentState, TokenState } from "./types.js";

interface Answered {
  readonly json: unknown;
  readonly problems: readonly string[];
  /** What was asked for at the top. */
  readonly fields: readonly string[];
}

let built: GraphQLSchema | undefined;

/** GitHub's own schema, read when the first question comes: it is large. */
function schema(): GraphQLSchema {
  // The package's entry would also parse 5 MB of JSON that nobody asks for.
  const file = join(import.meta.dirname, "../../../node_modules/@octokit/graphql-schema/schema.graphql");
  built ??= buildSchema(readFileSync(file, "utf8"), { assumeValid: true, assumeValidSDL: true });
  return built;
}

/** Answers a question that GitHub's schema allows; what it does not is a problem. */
export async function answerGraphql(hub: Hub, token: TokenState, body: Json): Promise<Answered> {
  const variables = (body["variables"] ?? {}) as Json;
  let document: DocumentNode;
  try {
    document = parse(String(body["query"]));
  } catch (error) {
    return { json: { errors: [{ message: String(error) }] }, problems: [String(error)], fields: [] };
  }
  const fields = document.definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION
      ? definition.selectionSet.selections.flatMap((one) => (one.kind === Kind.FIELD ? [one.name.value] : []))
      : [],
  );
  const wrong = validate(schema(), document);
  if (wrong.length > 0) {
    return { json: { errors: wrong.map(({ message }) => ({ message })) }, problems: wrong.map(String), fields };
  }
  const result = await execute({
    schema: schema(),
    document,
    rootValue: root(hub, token),
    variableValues: variables,
  });
  const errors = result.errors?.map(({ message, path, locations, extensions }) => ({
    type: extensions["type"],
    path,
    locations,
    message,
  }));
  // An error without a type is no answer of GitHub's: a variable of the wrong kind, or a resolver that is missing here.
  const problems = (errors ?? []).filter(({ type }) => type === undefined).map(({ message }) => message);
  return { json: { data: result.data, ...(errors ? { errors } : {}) }, problems, fields };
}

function refuse(type: string, message: string): never {
  throw new GraphQLError(message, { extensions: { type } });
}

function root(hub: Hub, token: TokenState) {
  return {
    viewer: () => ({ login: token.actor.login, __typename: "User" }),
    rateLimit: () => ({ limit: 5_000, remaining: 4_999, cost: 1, used: 1, resetAt: hub.clock.now() }),
    repository: ({ owner, name }: { owner: string; name: string }) => {
      const { settings } = hub.state;
      if (owner !== settings.owner || name !== settings.name) {
        refuse("NOT_FOUND", `Could not resolve to a Repository with the name '${owner}/${name}'.`);
      }
      const numbered = (kind: "pull" | "issue" | "either") => (args: { number: number }) =>
        commented(hub, token, kind, args);
      return {
        nameWithOwner: `${owner}/${name}`,
        pullRequest: numbered("pull"),
        issue: numbered("issue"),
        issueOrPullRequest: numbered("either"),
      };
    },
    createCommitOnBranch: ({ input }: { input: CommitInput }) => createCommit(hub, token, input),
  };
}

/** An issue or pull request with its comments. */
function commented(hub: Hub, token: TokenState, kind: "pull" | "issue" | "either", { number }: { number: number }) {
  const pull = kind === "issue" ? undefined : hub.state.pulls.get(number);
  const found = pull ?? (kind === "pull" ? undefined : hub.state.issues.get(number));
  if (found === undefined) {
    const what = { pull: "a PullRequest", issue: "an Issue", either: "an issue or pull request" }[kind];
    refuse("NOT_FOUND", `Could not resolve to ${what} with the number of ${number}.`);
  }
  if (!allows(token, "issues", "read") && !(pull && allows(token, "pull-requests", "read"))) {
    refuse("FORBIDDEN", "Resource not accessible by integration");
  }
  return {
    __typename: pull ? "PullRequest" : "Issue",
    number,
    title: found.title,
    body: found.body,
    url: pullUrl(hub, number),
    state: pull?.merged ? "MERGED" : found.state.toUpperCase(),
    headRefOid: pull?.seenHead,
    comments: (page: Page) => commentConnection(hub, token, number, page),
  };
}

interface Page {
  readonly first?: number;
  readonly last?: number;
  readonly after?: string;
  readonly before?: string;
}

function commentConnection(hub: Hub, token: TokenState, number: number, { first, last, after, before }: Page) {
  if (first === undefined && last === undefined) {
    refuse("MISSING_PAGINATION_BOUNDARIES", "You must provide a `first` or `last` value to properly paginate.");
  }
  if ((first ?? last ?? 0) > 100) {
    refuse("EXCESSIVE_PAGINATION", `Requesting ${first ?? last} records exceeds the \`first\` limit of 100 records.`);
  }
  const all = hub.state.comments.filter((comment) => comment.number === number);
  const position = (cursor: string) => Number(Buffer.from(cursor, "base64").toString("utf8").replace("cursor:", ""));
  const from = after === undefined || after === null ? 0 : position(after);
  const to = before === undefined || before === null ? all.length : position(before) - 1;
  const start = first === undefined ? Math.max(from, to - (last ?? 0)) : from;
  const end = first === undefined ? to : Math.min(from + first, to);
  const cursor = (index: number) => Buffer.from(`cursor:${index}`).toString("base64");
  const nodes = all.slice(start, end).map((comment) => commentNode(hub, token, comment));
  return {
    totalCount: all.length,
    nodes,
    edges: nodes.map((node, index) => ({ node, cursor: cursor(start + index + 1) })),
    pageInfo: {
      hasNextPage: end < all.length,
      hasPreviousPage: start > 0,
      startCursor: nodes.length === 0 ? null : cursor(start + 1),
      endCursor: nodes.length === 0 ? null : cursor(end),
    },
  };
}

function commentNode(hub: Hub, { actor }: TokenState, comment: CommentState) {
  const type = hub.state.users.get(comment.author)?.type ?? "User";
  return {
    __typename: "IssueComment",
    id: `IC_${comment.id}`,
    databaseId: comment.id,
    fullDatabaseId: String(comment.id),
    body: comment.body,
    url: commentUrl(hub, comment),
    isMinimized: comment.minimized,
    minimizedReason: comment.minimized ? "outdated" : null,
    viewerDidAuthor: comment.author === actor.login,
    createdAt: comment.createdAt,
    updatedAt: comment.updatedAt,
    // Here, unlike in REST, a bot's login has no suffix.
    author: { __typename: type, login: comment.author.replace(/\[bot\]$/, "") },
  };
}

interface CommitInput {
  readonly branch: { readonly repositoryNameWithOwner?: string; readonly branchName?: string; readonly id?: string };
  readonly message: { readonly headline: string; readonly body?: string };
  readonly expectedHeadOid: string;
  readonly fileChanges?: {
    readonly additions?: readonly { readonly path: string; readonly contents: string }[];
    readonly deletions?: readonly { readonly path: string }[];
  };
}

async function createCommit(
  hub: Hub,
  token: TokenState,
  { branch, message, expectedHeadOid, fileChanges }: CommitInput,
) {
  const { owner, name } = hub.state.settings;
  const ref = `refs/heads/${branch.branchName}`;
  if (branch.repositoryNameWithOwner !== `${owner}/${name}`) refuse("NOT_FOUND", "Could not resolve to a Repository.");
  if (!allows(token, "contents", "write")) refuse("FORBIDDEN", "Resource not accessible by integration");
  const additions = fileChanges?.additions ?? [];
  const deletions = fileChanges?.deletions ?? [];
  const paths = [...additions, ...deletions].map(({ path }) => path);
  if (paths.some((path) => path.startsWith(".github/workflows/")) && !allows(token, "workflows", "write")) {
    refuse("FORBIDDEN", "refusing to allow a GitHub App to create or update workflow without `workflows` permission");
  }
  const before = await hub.git.resolve(ref);
  if (before === undefined) refuse("NOT_FOUND", `No ref found for '${ref}'.`);
  if (isProtected(hub, ref)) refuse("UNPROCESSABLE", `Changes must be made through a pull request.`);
  const stale = `Expected branch to point to "${before}" but it did not. Pull and try again.`;
  if (before !== expectedHeadOid) refuse("STALE_DATA", stale);
  for (const { path } of deletions) {
    if ((await hub.git.blobOf(before, path)) === undefined) refuse("UNPROCESSABLE", `A file does not exist at ${path}`);
  }
  // On a ref of its own first, so that two who commit at once do not both succeed.
  const own = `refs/fake/commit-${hub.ids.id()}`;
  const oid = await hub.git.commit({
    ref: own,
    from: before,
    message: message.body ? `${message.headline}\n\n${message.body}` : message.headline,
    author: token.actor.login,
    files: Object.fromEntries([
      ...deletions.map(({ path }) => [path, null]),
      ...additions.map(({ path, contents }) => [path, Buffer.from(contents, "base64")]),
    ]),
  });
  await hub.git.run(["update-ref", ref, oid, before]).catch(() => refuse("STALE_DATA", stale));
  await hub.git.deleteRef(own);
  return {
    clientMutationId: null,
    commit: { oid, url: `${hub.urls.server}/${owner}/${name}/commit/${oid}` },
    ref: { name: branch.branchName, prefix: "refs/heads/", target: { __typename: "Commit", oid } },
  };
}
