import type { Json } from "../description.js";
import { checkRunJson } from "../shapes.js";
import type { AnnotationState, CheckRunState } from "../types.js";
import { resolveRevision } from "./repository.js";
import { type Answer, type Call, invalid, notFound, page, type Routes, record, refused, text } from "./route.js";

const notAnApp: Answer = {
  status: 403,
  json: { message: "You must authenticate via a GitHub App.", documentation_url: "https://docs.github.com/rest" },
};

/** Check runs: only Apps write them, and each only its own. */
export const checkRoutes: Routes = {
  "checks/list-for-ref": async (call) => {
    const { hub, params, query } = call;
    const sha = await resolveRevision(hub, params["ref"] ?? "");
    if (sha === undefined) return refused(`No commit found for SHA: ${params["ref"]}`);
    const fitting = hub.state.checkRuns
      .filter((run) => run.headSha === sha)
      .filter((run) => !query.has("check_name") || run.name === query.get("check_name"))
      .filter((run) => !query.has("status") || run.status === query.get("status"))
      .toReversed();
    const first = (run: CheckRunState) => fitting.find(({ name, app }) => name === run.name && app === run.app) === run;
    const found = query.get("filter") === "all" ? fitting : fitting.filter(first);
    return page(call, found, (some) => ({
      total_count: found.length,
      check_runs: some.map((run) => checkRunJson(hub, run)),
    }));
  },

  "checks/get": (call) => withRun(call, (run) => ({ status: 200, json: checkRunJson(call.hub, run) })),

  "checks/list-annotations": (call) =>
    withRun(call, ({ annotations }) => page(call, annotations, (some) => some.map((one) => ({ ...one })))),

  "checks/create": async ({ hub, body, token }) => {
    const { app } = token.actor;
    if (app === undefined) return notAnApp;
    const headSha = await hub.git.resolve(text(body, "head_sha") ?? "");
    if (headSha === undefined) return refused(`No commit found for SHA: ${body["head_sha"]}`);
    const wrong = notAllowed(body);
    if (wrong !== undefined) return wrong;
    const run = hub.createCheckRun({ name: String(body["name"]), headSha, app });
    change(run, body, hub.clock.stamp());
    return { status: 201, json: checkRunJson(hub, run) };
  },

  "checks/update": (call) =>
    withRun(call, (run) => {
      if (call.token.actor.app === undefined) return notAnApp;
      if (call.token.actor.app !== run.app) {
        const message = "Invalid app_id - check run can only be modified by the GitHub App that created it.";
        return { status: 403, json: { message, documentation_url: "https://docs.github.com/rest" } };
      }
      const wrong = notAllowed(call.body);
      if (wrong !== undefined) return wrong;
      change(run, call.body, call.hub.clock.stamp());
      return { status: 200, json: checkRunJson(call.hub, run) };
    }),
};

function withRun({ hub, params }: Call, answer: (run: CheckRunState) => Answer): Answer {
  const run = hub.state.checkRuns.find(({ id }) => id === Number(params["check_run_id"]));
  return run === undefined ? notFound : answer(run);
}

/** Rules of GitHub's that are not in its description. */
function notAllowed(body: Json): Answer | undefined {
  if (body["status"] === "completed" && body["conclusion"] === undefined) {
    return invalid("conclusion is required when status is completed", "conclusion", "CheckRun");
  }
  if (Buffer.byteLength(text(body, "name") ?? "") > 255) return invalid("name is too long", "name", "CheckRun");
  const output = record(body, "output") ?? {};
  if ((text(output, "title") ?? "").length > 255) return invalid("title is too long", "title", "CheckRun");
  for (const { title = "", message, path } of annotationsOf(output)) {
    if (title.length > 255) return invalid("annotation title is too long", "title", "CheckRun");
    if (Buffer.byteLength(message) > 65_536) return invalid("annotation message is too long", "message", "CheckRun");
    if (path === "") return invalid("annotation path is missing", "path", "CheckRun");
  }
  return undefined;
}

function annotationsOf(output: Json): readonly AnnotationState[] {
  return Array.isArray(output["annotations"]) ? output["annotations"] : [];
}

function change(run: CheckRunState, body: Json, at: string): void {
  const output = record(body, "output");
  run.name = text(body, "name") ?? run.name;
  run.externalId = text(body, "external_id") ?? run.externalId;
  run.detailsUrl = text(body, "details_url") ?? run.detailsUrl;
  run.startedAt = text(body, "started_at") ?? run.startedAt;
  run.status = (text(body, "status") as CheckRunState["status"] | undefined) ?? run.status;
  const conclusion = text(body, "conclusion");
  if (conclusion !== undefined) {
    run.status = "completed";
    run.conclusion = conclusion;
    run.completedAt = text(body, "completed_at") ?? at;
  } else if (body["status"] !== undefined) {
    run.conclusion = null;
    run.completedAt = null;
  }
  if (output === undefined) return;
  run.title = text(output, "title") ?? run.title;
  run.summary = text(output, "summary") ?? run.summary;
  run.text = text(output, "text") ?? run.text;
  // Annotations are added to those that are there.
  run.annotations.push(...annotationsOf(output));
}
