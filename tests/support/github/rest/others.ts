import { signedBlobUrl } from "../artifacts.js";
import { artifactJson, runJson } from "../shapes.js";
import { notFound, page, type Routes } from "./route.js";

/** Teams, and what workflow runs left behind. */
export const otherRoutes: Routes = {
  "teams/get-by-name": ({ hub, params }) => {
    const slug = params["team_slug"] ?? "";
    const team = hub.state.teams.get(`${params["org"]}/${slug}`);
    return team === undefined ? notFound : { status: 200, json: { slug, name: slug } };
  },

  "teams/get-membership-for-user-in-org": ({ hub, params }) => {
    const team = hub.state.teams.get(`${params["org"]}/${params["team_slug"]}`);
    const state = team?.get(params["username"] ?? "");
    return state === undefined ? notFound : { status: 200, json: { state, role: "member" } };
  },

  "actions/get-workflow-run": ({ hub, params }) => {
    const run = hub.state.runs.get(Number(params["run_id"]));
    return run === undefined ? notFound : { status: 200, json: runJson(hub, run) };
  },

  "actions/list-workflow-run-artifacts": (call) => {
    const { hub, params, query } = call;
    if (!hub.state.runs.has(Number(params["run_id"]))) return notFound;
    const found = [...hub.state.artifacts.values()]
      .filter(({ runId }) => runId === Number(params["run_id"]))
      .filter(({ name }) => !query.has("name") || name === query.get("name"))
      .toReversed();
    return page(call, found, (some) => ({
      total_count: found.length,
      artifacts: some.map((artifact) => artifactJson(hub, artifact)),
    }));
  },

  "actions/download-artifact": ({ hub, params }) => {
    const artifact = hub.state.artifacts.get(Number(params["artifact_id"]));
    if (artifact === undefined || params["archive_format"] !== "zip") return notFound;
    if (artifact.expired) return { status: 410, json: { message: "Artifact has expired" } };
    return { status: 302, headers: { location: signedBlobUrl(hub, `${artifact.id}.zip`) } };
  },
};
