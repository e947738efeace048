import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { acceptedPermissions, covers, permissionsFor } from "./access.js";
import { checkAnswer, checkRequest, completeAnswer, findOperation, type Json } from "./description.js";
import { type Faults, faultAnswer } from "./faults.js";
import { answerGraphql } from "./graphql.js";
import { bodyOf, send } from "./http.js";
import type { Hub } from "./hub.js";
import { checkRoutes } from "./rest/checks.js";
import { gitDataRoutes } from "./rest/git-data.js";
import { issueRoutes } from "./rest/issues.js";
import { otherRoutes } from "./rest/others.js";
import { pullRoutes } from "./rest/pulls.js";
import { repositoryRoutes } from "./rest/repository.js";
import { type Answer, notFound } from "./rest/route.js";
import type { SeenRequest, TokenState } from "./types.js";

const routes = {
  ...repositoryRoutes,
  ...pullRoutes,
  ...issueRoutes,
  ...checkRoutes,
  ...gitDataRoutes,
  ...otherRoutes,
};

/** What is written down about requests. */
export interface Records {
  readonly requests: SeenRequest[];
  readonly problems: string[];
}

interface Asked {
  readonly hub: Hub;
  readonly problems: string[];
  readonly method: string;
  /** Without prefix and query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
  readonly token: TokenState | undefined;
}

/** Answers REST and GraphQL. `path` is without the prefix of a GHES. */
export async function serveApi(
  { hub, faults, records }: { readonly hub: Hub; readonly faults: Faults; readonly records: Records },
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://api");
  const method = request.method ?? "GET";
  const shown = `${path}${url.search}`;
  const token = tokenOf(hub, request.headers.authorization);
  const asked: Asked = {
    hub,
    problems: records.problems,
    method,
    path,
    query: url.searchParams,
    headers: request.headers,
    body: await bodyOf(request),
    token,
  };
  const seen = {
    method,
    path: shown,
    status: 0,
    by: token?.actor.login,
    fields: undefined as readonly string[] | undefined,
  };
  const index = records.requests.push(seen as SeenRequest) - 1;
  const note = (status: number, fields?: readonly string[]) => {
    records.requests[index] = { method, path: shown, status, by: token?.actor.login, ...(fields ? { fields } : {}) };
  };
  note(0);

  const fault = faults.meet(method, shown);
  if (fault === "hang") return;
  if (fault === "reset") return void request.socket.resetAndDestroy();
  const failed = fault && faultAnswer(fault);
  if (failed) {
    note(failed.status);
    return send(
      response,
      failed.status,
      { message: failed.message },
      { ...limits(hub), ...accepted(asked), ...failed.headers },
    );
  }
  if (typeof fault === "object" && "slowMilliseconds" in fault) await sleep(fault.slowMilliseconds);

  await hub.refresh();
  const { answer, fields } =
    path === "/graphql" ? await graphql(asked) : { answer: await rest(asked), fields: undefined };
  if (fault === "answer-lost") return void request.socket.resetAndDestroy();
  note(answer.status, fields);
  const headers = { ...limits(hub), ...answer.headers };
  if (answer.bytes) return void response.writeHead(answer.status, headers).end(answer.bytes);
  if (fault !== "truncated") return send(response, answer.status, answer.json, headers);
  const text = JSON.stringify(answer.json ?? {});
  response.writeHead(200, { "content-type": "application/json", ...headers }).end(text.slice(0, text.length / 2));
}

async function graphql(asked: Asked): Promise<{ readonly answer: Answer; readonly fields?: readonly string[] }> {
  const refused = unauthenticated(asked);
  if (refused || asked.token === undefined) return { answer: refused ?? notFound };
  const { json, problems, fields } = await answerGraphql(
    asked.hub,
    asked.token,
    JSON.parse(asked.body.toString("utf8")),
  );
  asked.problems.push(...problems.map((problem) => `graphql: ${problem}`));
  return { answer: { status: 200, json }, fields };
}

async function rest(asked: Asked): Promise<Answer> {
  const { hub, method, path, query, token, problems, headers } = asked;
  const name = `${method} ${path}`;
  const refused = unauthenticated(asked);
  if (refused || token === undefined) return refused ?? notFound;
  const found = findOperation(method, path);
  const route = found && routes[found.operation.id];
  if (found === undefined || route === undefined) {
    problems.push(`${name}: not described, or not part of the fake`);
    return notFound;
  }
  if (headers["x-github-api-version"] !== "2022-11-28") problems.push(`${name}: no header \`x-github-api-version\``);
  const { operation, params } = found;
  const body = asked.body.length === 0 ? undefined : (JSON.parse(asked.body.toString("utf8")) as Json);
  const { wrong, ignored } = checkRequest(operation, params, query, operation.body ? (body ?? {}) : undefined);
  problems.push(
    ...wrong.map((error) => `${name}: ${error}`),
    ...ignored.map((key) => `${name}: GitHub ignores ${key}`),
  );
  if (wrong.length > 0) {
    return { status: 422, json: { message: `Invalid request.\n\n${wrong.join("\n")}`, documentation_url: "" } };
  }
  if (!mine(hub, params)) return notFound;
  const needed = permissionsFor(operation.id, numberOf(hub, params), hub.state);
  if (!covers(token, needed)) {
    const isTeam = operation.id.startsWith("teams/");
    // Who may not see an organisation's teams is not told that there are any.
    if (isTeam) return { ...notFound, headers: { "x-accepted-github-permissions": acceptedPermissions(needed) } };
    const message = "Resource not accessible by integration";
    const json = { message, documentation_url: "https://docs.github.com/rest", status: "403" };
    return { status: 403, json, headers: { "x-accepted-github-permissions": acceptedPermissions(needed) } };
  }
  const answer = await route({
    hub,
    operation,
    path,
    params,
    query,
    body: body ?? {},
    token,
    accept: headers.accept ?? "",
  });
  if (answer.bytes || answer.json === undefined) return answer;
  const json = completeAnswer(operation, answer.status, answer.json);
  const answered = checkAnswer(operation, answer.status, json);
  problems.push(...answered.map((error) => `answer ${answer.status} to ${name}: ${error}`));
  return { ...answer, json };
}

function unauthenticated({ headers, token }: Asked): Answer | undefined {
  if (!headers["user-agent"]) {
    return { status: 403, json: { message: "Request forbidden by administrative rules: a User-Agent is needed." } };
  }
  return token === undefined ? { status: 401, json: { message: "Bad credentials" } } : undefined;
}

/** The token behind `Authorization: token …` or `bearer …`. */
function tokenOf(hub: Hub, authorization: string | undefined): TokenState | undefined {
  const [, token] = /^(?:token|bearer) (\S+)$/i.exec(authorization ?? "") ?? [];
  return token === undefined ? undefined : hub.tokens.find(token);
}

function mine({ state }: Hub, params: Readonly<Record<string, string>>): boolean {
  const { owner, name } = state.settings;
  return params["owner"] === undefined || (params["owner"] === owner && params["repo"] === name);
}

/** The issue that a request is about, also where it names a comment. */
function numberOf({ state }: Hub, params: Readonly<Record<string, string>>): number | undefined {
  if (params["issue_number"] !== undefined) return Number(params["issue_number"]);
  if (params["comment_id"] === undefined) return undefined;
  return state.comments.find(({ id }) => id === Number(params["comment_id"]))?.number;
}

function accepted({ hub, method, path }: Asked): Readonly<Record<string, string>> {
  const found = findOperation(method, path);
  if (found === undefined) return {};
  const needed = permissionsFor(found.operation.id, numberOf(hub, found.params), hub.state);
  return { "x-accepted-github-permissions": acceptedPermissions(needed) };
}

function limits({ clock }: Hub): Readonly<Record<string, string>> {
  const now = Date.parse(clock.now());
  return {
    date: new Date(now).toUTCString(),
    "x-github-request-id": "FAKE:1",
    "x-ratelimit-limit": "5000",
    "x-ratelimit-remaining": "4999",
    "x-ratelimit-reset": String(now / 1_000 + 3_600),
  };
}
