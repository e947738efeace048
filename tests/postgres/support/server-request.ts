import type { ServerRequest } from "../../../src/database/provider.js";

/** A request as the command line would make it, with what a test wants otherwise. */
export function serverRequest(change: Partial<ServerRequest> = {}): ServerRequest {
  return {
    major: 17,
    url: undefined,
    image: undefined,
    locale: "C",
    settings: { jit: "off", autovacuum: "off" },
    userSettings: [],
    startTimeoutSeconds: 60,
    cwd: process.cwd(),
    env: process.env,
    progress: () => {},
    signal: new AbortController().signal,
    ...change,
  };
}
