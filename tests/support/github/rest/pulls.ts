import type { Hub } from "../hub.js";
import { pullJson } from "../shapes.js";
import type { PullState } from "../types.js";
import { resolveRevision } from "./repository.js";
import { invalid, notFound, page, type Routes, text } from "./route.js";

/** Pull requests. */
export const pullRoutes: Routes = {
  "pulls/get": async ({ hub, params }) => {
    const pull = hub.state.pulls.get(Number(params["pull_number"]));
    return pull === undefined ? notFound : { status: 200, json: await pullJson(hub, pull) };
  },

  "pulls/list": async (call) => {
    const { hub, query } = call;
    const state = query.get("state") ?? "open";
    const [owner, branch] = (query.get("head") ?? ":").split(":", 2);
    const found = [...hub.state.pulls.values()]
      .filter((pull) => state === "all" || pull.state === state)
      // GitHub ignores a head without a colon; with one, both parts must fit.
      .filter((pull) => !branch || (pull.headOwner === owner && pull.branch === branch && !pull.headGone))
      .filter((pull) => !query.has("base") || pull.base === query.get("base"))
      .sort((a, b) => (query.get("direction") === "asc" ? a.number - b.number : b.number - a.number));
    const shown = page(call, found, (some) => some);
    return { ...shown, json: await Promise.all((shown.json as PullState[]).map((pull) => pullJson(hub, pull))) };
  },

  "pulls/create": async ({ hub, body, token }) => {
    const { owner, actionsMayOpenPulls } = hub.state.settings;
    if (token.actor.app === "github-actions" && !actionsMayOpenPulls) {
      const message = "GitHub Actions is not permitted to create or approve pull requests.";
      return { status: 403, json: { message, documentation_url: "https://docs.github.com/rest" } };
    }
    const head = text(body, "head") ?? "";
    const base = text(body, "base") ?? "";
    const [from, branch = ""] = head.includes(":") ? head.split(":", 2) : [owner, head];
    const problem = await cannotOpen(hub, { head, base, branch, from: from ?? owner });
    if (problem !== undefined) return invalid(problem, "head", "PullRequest");
    const title = text(body, "title") ?? branch;
    const described = text(body, "body") ?? "";
    if (described.length > 65_536)
      return invalid("body is too long (maximum is 65536 characters)", "body", "PullRequest");
    const pull = await hub.openPull({
      branch,
      base,
      title,
      body: described,
      author: token.actor,
      ...(from === owner || from === undefined ? {} : { fork: from }),
    });
    return { status: 201, json: await pullJson(hub, pull) };
  },

  "pulls/update": async ({ hub, params, body }) => {
    const pull = hub.state.pulls.get(Number(params["pull_number"]));
    if (pull === undefined) return notFound;
    const described = text(body, "body");
    if (described !== undefined && described.length > 65_536) {
      return invalid("body is too long (maximum is 65536 characters)", "body", "PullRequest");
    }
    pull.title = text(body, "title") ?? pull.title;
    pull.body = described ?? pull.body;
    pull.base = text(body, "base") ?? pull.base;
    if (body["state"] === "closed" || body["state"] === "open") pull.state = body["state"];
    pull.updatedAt = hub.clock.stamp();
    return { status: 200, json: await pullJson(hub, pull) };
  },
};

async function cannotOpen(
  hub: Hub,
  { head, base, branch, from }: Readonly<Record<"head" | "base" | "branch" | "from", string>>,
): Promise<string | undefined> {
  const [headSha, baseSha] = await Promise.all([resolveRevision(hub, head), hub.git.resolve(`refs/heads/${base}`)]);
  if (baseSha === undefined) return "Base ref must be a branch";
  if (headSha === undefined) return "Head ref must be a branch";
  const open = [...hub.state.pulls.values()].filter(({ state }) => state === "open");
  if (open.some((one) => one.headOwner === from && one.branch === branch && one.base === base)) {
    return `A pull request already exists for ${from}:${branch}.`;
  }
  return (await hub.git.isAncestor(headSha, baseSha)) ? `No commits between ${base} and ${branch}` : undefined;
}
