import { PlanGateError } from "../errors.js";
import { defaultMajor, type Provider, type Server, type ServerRequest } from "./provider.js";
import { ImageUnavailable } from "./providers/docker-missing.js";
import { type ProviderId, providerIds, providers } from "./providers/index.js";
import { refuseReservedSettings } from "./server-settings.js";
import { interrupted } from "./start-failure.js";

/**
 * Removes what killed runs left behind, then starts a server. `auto` takes the first provider that can work here and
 * says through `progress` which and why; an explicit choice that cannot work is an error.
 */
export async function startServer(choice: "auto" | ProviderId, request: ServerRequest): Promise<Server> {
  refuseReservedSettings(request.userSettings);
  return choice === "auto" ? startFirst(request) : startBy(providers[choice], request);
}

/** Removes what killed runs left behind, whatever started it. What cannot be removed is said, and the rest goes on. */
export async function sweepLeftovers(request: Pick<ServerRequest, "env" | "progress">): Promise<void> {
  for (const id of providerIds) {
    const provider: Provider = providers[id];
    await provider.sweep(request).catch((error: unknown) => {
      request.progress(`could not look for what an earlier run left behind (${id}): ${(error as Error).message}`);
    });
  }
}

async function startFirst(asked: ServerRequest): Promise<Server> {
  const passedOver: string[] = [];
  for (const id of providerIds) {
    const provider: Provider = providers[id];
    const request = id === "url" || asked.image !== undefined ? asked : ofOneMajor(asked);
    const unavailable = await provider.unavailable(request);
    if (unavailable !== undefined) {
      // That no URL is set is the usual case, and explains nothing.
      if (id !== "url") passedOver.push(unavailable);
      continue;
    }
    request.progress(`auto: ${id}${because(id, passedOver)}`);
    try {
      return await startBy(provider, request);
    } catch (error) {
      if (!(error instanceof ImageUnavailable)) throw error;
      passedOver.push(error.message);
    }
  }
  throw new PlanGateError("database-unreachable", `no Postgres can be started here: ${passedOver.join("; ")}`, {
    hint: "Start Docker, install Postgres, or name a running server with `postgres.url`.",
  });
}

/** What happens to be installed must not decide the major: a laptop and a runner would plan on different ones. */
function ofOneMajor(request: ServerRequest): ServerRequest {
  return { ...request, major: request.major ?? defaultMajor };
}

function because(id: ProviderId, passedOver: readonly string[]): string {
  if (id === "url") return ", since `postgres.url` is set";
  if (passedOver.length > 0) return `, since ${passedOver.join(" and ")}`;
  return id === "container" ? ", since Docker answers" : "";
}

async function startBy(provider: Provider, request: ServerRequest): Promise<Server> {
  await provider.sweep(request);
  if (request.signal.aborted) throw interrupted();
  return provider.start(request);
}
