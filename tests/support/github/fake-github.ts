import type { IncomingMessage, ServerResponse } from "node:http";
import { type Records, serveApi } from "./api.js";
import { createArtifactService, runtimeToken } from "./artifacts.js";
import { completeAs } from "./description.js";
import { createFaults } from "./faults.js";
import { gitPath, serveGit } from "./git-http.js";
import { createBareRepository } from "./git-repository.js";
import { listen, send } from "./http.js";
import { createHub } from "./hub.js";
import { pullJson, repositoryJson, userJson } from "./shapes.js";
import { actionsBot, createClock, createCounters, createState, createTokens } from "./state.js";
import type { FakeGitHub, FakeGitHubOptions } from "./types.js";

/** Starts a GitHub with one empty repository. `await using` ends it. */
export async function startFakeGitHub(options: FakeGitHubOptions = {}): Promise<FakeGitHub> {
  await using started = new AsyncDisposableStack();
  const clock = createClock(options.startsAt);
  const state = createState(options);
  const git = started.use(await createBareRepository(state.settings.defaultBranch, clock));
  const tokens = createTokens(state.users);
  const hub = createHub({ options, state, clock, git, ids: createCounters(), tokens });
  const faults = createFaults();
  const records: Records = { requests: [], problems: [] };
  const enterprise = options.enterprise ?? false;

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname } = new URL(request.url ?? "/", "http://github");
    const path = gitPath(hub, pathname);
    if (path !== undefined) return serveGit(hub, request, response, path);
    const asked = apiPath(pathname, enterprise);
    if (asked !== undefined) return serveApi({ hub, faults, records }, request, response, asked);
    records.problems.push(`${request.method} ${pathname}: not where the API is`);
    send(response, 404, { message: "Not Found" });
  };
  const server = started.use(await listen(answer, records.problems));
  const results = started.use(await listen(createArtifactService(hub), records.problems));
  // The toolkit takes hosts that end in `.localhost` for github.com, and all others for a GHES.
  const host = enterprise ? "127.0.0.1" : "github.localhost";
  const origin = `http://127.0.0.1:${server.port}`;
  hub.urls.server = `http://${host}:${server.port}`;
  hub.urls.api = enterprise ? `${origin}/api/v3` : origin;
  hub.urls.results = `http://127.0.0.1:${results.port}`;
  const kept = started.move();
  return {
    ...hub,
    enterprise,
    serverUrl: hub.urls.server,
    apiUrl: hub.urls.api,
    graphqlUrl: enterprise ? `${origin}/api/graphql` : `${origin}/graphql`,
    resultsUrl: enterprise ? undefined : `${hub.urls.results}/`,
    repository: `${state.settings.owner}/${state.settings.name}`,
    jobToken: tokens.create({
      actor: actionsBot,
      permissions: { contents: "read", "pull-requests": "write", checks: "write" },
    }),
    requests: records.requests,
    problems: records.problems,
    createToken: tokens.create,
    setPermissions: tokens.change,
    runtimeToken,
    fail: faults.add,
    heal: faults.clear,
    async pullHead(number) {
      await hub.refresh();
      return hub.pull(number).seenHead;
    },
    async pullJson(number) {
      await hub.refresh();
      return completeAs("pull-request", await pullJson(hub, hub.pull(number)));
    },
    repositoryJson: () => completeAs("full-repository", repositoryJson(hub)),
    userJson: (login) => userJson(hub, login),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** The path as github.com has it; undefined where the API does not answer. */
function apiPath(pathname: string, enterprise: boolean): string | undefined {
  if (!enterprise) return pathname;
  if (pathname === "/api/graphql") return "/graphql";
  return pathname.startsWith("/api/v3/") ? pathname.slice("/api/v3".length) : undefined;
}
