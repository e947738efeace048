import type { Json } from "../description.js";
import type { Hub } from "../hub.js";
import { commentJson, issueJson, labelEventJson, labelJson, labelsJson, userJson } from "../shapes.js";
import type { CommentState, IssueState, PullState, TokenState } from "../types.js";
import { type Answer, type Call, invalid, notFound, page, type Routes, text } from "./route.js";

const longestBody = 65_536;

/** Issues, and what pull requests share with them: comments, labels, the timeline. */
export const issueRoutes: Routes = {
  "issues/get": (call) => withIssue(call, (issue) => ({ status: 200, json: issueJson(call.hub, issue) })),

  "issues/list-for-repo": (call) => {
    const { hub, query } = call;
    const state = query.get("state") ?? "open";
    const labels = (query.get("labels") ?? "").split(",").filter(Boolean);
    const found = [...hub.state.issues.values(), ...hub.state.pulls.values()]
      .filter((issue) => state === "all" || issue.state === state)
      .filter((issue) => labels.every((label) => issue.labels.has(label)))
      .filter((issue) => !query.has("creator") || issue.author === query.get("creator"))
      .sort((a, b) => (query.get("direction") === "asc" ? a.number - b.number : b.number - a.number));
    return page(call, found, (some) => some.map((issue) => issueJson(hub, issue)));
  },

  "issues/create": ({ hub, body, token }) => {
    const described = text(body, "body") ?? "";
    if (described.length > longestBody) return tooLong("Issue");
    const at = hub.clock.stamp();
    const issue: IssueState = {
      number: hub.ids.issue(),
      title: String(body["title"]),
      body: described,
      state: "open",
      author: token.actor.login,
      labels: new Set(),
      createdAt: at,
      updatedAt: at,
      closedAt: null,
    };
    hub.state.issues.set(issue.number, issue);
    for (const label of namesOf(body["labels"])) hub.label(issue.number, label, token.actor);
    return { status: 201, json: issueJson(hub, issue) };
  },

  "issues/update": (call) => withIssue(call, (issue) => updateIssue(call, issue)),

  "issues/list-comments": (call) =>
    withIssue(call, ({ number }) => {
      const found = call.hub.state.comments.filter((comment) => comment.number === number);
      return page(call, found, (some) => some.map((comment) => commentJson(call.hub, comment)));
    }),

  "issues/create-comment": (call) =>
    withIssue(call, ({ number }) => {
      const body = text(call.body, "body") ?? "";
      if (body.length > longestBody) return tooLong("IssueComment");
      return { status: 201, json: commentJson(call.hub, call.hub.comment(number, body, call.token.actor)) };
    }),

  "issues/update-comment": (call) =>
    withComment(call, (comment) => {
      const body = text(call.body, "body") ?? "";
      if (body.length > longestBody) return tooLong("IssueComment");
      comment.body = body;
      comment.updatedAt = call.hub.clock.stamp();
      return { status: 200, json: commentJson(call.hub, comment) };
    }),

  "issues/delete-comment": (call) =>
    withComment(call, (comment) => {
      const { comments } = call.hub.state;
      comments.splice(comments.indexOf(comment), 1);
      return { status: 204 };
    }),

  "issues/list-events-for-timeline": (call) =>
    withIssue(call, (issue) => page(call, timelineOf(call.hub, issue), (some) => some)),

  "issues/get-label": ({ hub, params }) => {
    const label = hub.state.labels.get((params["name"] ?? "").toLowerCase());
    return label === undefined ? notFound : { status: 200, json: labelJson(hub, label.name) };
  },

  "issues/create-label": ({ hub, body }) => createLabel(hub, body),

  "issues/add-labels": (call) =>
    withIssue(call, ({ number, labels }) => {
      const given = Array.isArray(call.body) ? call.body : call.body["labels"];
      for (const label of namesOf(given)) if (!labels.has(label)) call.hub.label(number, label, call.token.actor);
      return { status: 200, json: labelsJson(call.hub, labels) };
    }),

  "issues/remove-label": (call) =>
    withIssue(call, ({ number, labels }) => {
      const label = call.params["name"] ?? "";
      if (!labels.has(label)) return { status: 404, json: { message: "Label does not exist", status: "404" } };
      call.hub.unlabel(number, label, call.token.actor);
      return { status: 200, json: labelsJson(call.hub, labels) };
    }),
};

/** Labels, and between them what stands in every timeline: commits, which have neither id nor actor, and comments. */
function timelineOf(hub: Hub, issue: IssueState | PullState): readonly Json[] {
  const author = { name: issue.author, email: `${issue.author}@users.noreply.github.com`, date: issue.createdAt };
  const commits = "seenHead" in issue ? [{ event: "committed", sha: issue.seenHead, author, committer: author }] : [];
  const comments = hub.state.comments
    .filter(({ number }) => number === issue.number)
    .map((comment) => ({
      ...commentJson(hub, comment),
      event: "commented",
      actor: userJson(hub, comment.author),
    }));
  const labels = hub.state.timeline.filter(({ number }) => number === issue.number);
  const dated: Json[] = [...comments, ...labels.map((event) => labelEventJson(hub, event))];
  return [...commits, ...dated.sort((a, b) => String(a["created_at"]).localeCompare(String(b["created_at"])))];
}

function withIssue({ hub, params }: Call, answer: (issue: IssueState | PullState) => Answer): Answer {
  const number = Number(params["issue_number"]);
  const issue = hub.state.issues.get(number) ?? hub.state.pulls.get(number);
  return issue === undefined ? notFound : answer(issue);
}

/** A comment that the token's owner may change: its own, or any for who may write. */
function withComment({ hub, params, token }: Call, answer: (comment: CommentState) => Answer): Answer {
  const comment = hub.state.comments.find(({ id }) => id === Number(params["comment_id"]));
  if (comment === undefined) return notFound;
  if (comment.author === token.actor.login || mayEditOthers(hub, token)) return answer(comment);
  return { status: 403, json: { message: "Must have admin rights to Repository.", status: "403" } };
}

function mayEditOthers(hub: Hub, { actor }: TokenState): boolean {
  if (actor.type === "Bot") return true;
  return ["write", "maintain", "admin"].includes(hub.state.collaborators.get(actor.login) ?? "none");
}

function updateIssue({ hub, body }: Call, issue: IssueState | PullState): Answer {
  const described = text(body, "body");
  const title = body["title"];
  if (title !== undefined && title !== null) issue.title = String(title);
  // Too long a text is not refused: GitHub answers 200 and keeps the old one.
  if (described !== undefined && described.length <= longestBody) issue.body = described;
  const at = hub.clock.stamp();
  if (body["state"] === "open" || body["state"] === "closed") {
    if ("closedAt" in issue && issue.state !== body["state"]) issue.closedAt = body["state"] === "closed" ? at : null;
    issue.state = body["state"];
  }
  if (Array.isArray(body["labels"])) issue.labels = new Set(namesOf(body["labels"]));
  issue.updatedAt = at;
  return { status: 200, json: issueJson(hub, issue) };
}

function createLabel(hub: Hub, body: Json): Answer {
  const name = String(body["name"]);
  const color = text(body, "color") ?? "ededed";
  const description = text(body, "description") ?? null;
  const wrong = (field: string, code: string): Answer => ({
    status: 422,
    json: { message: "Validation Failed", errors: [{ resource: "Label", code, field }], documentation_url: "" },
  });
  if (name.length > 50) return wrong("name", "invalid");
  if (!/^[0-9a-f]{6}$/i.test(color)) return wrong("color", "invalid");
  if (description !== null && description.length > 100) return wrong("description", "invalid");
  if (hub.state.labels.has(name.toLowerCase())) return wrong("name", "already_exists");
  hub.state.labels.set(name.toLowerCase(), { name, color, description });
  return { status: 201, json: labelJson(hub, name) };
}

/** Labels are given by name, or as objects that have one. */
function namesOf(labels: unknown): readonly string[] {
  if (!Array.isArray(labels)) return [];
  return labels.map((label) => (typeof label === "string" ? label : String((label as Json)["name"])));
}

function tooLong(resource: string): Answer {
  return invalid(`Body is too long (maximum is ${longestBody} characters)`, "data", resource);
}
