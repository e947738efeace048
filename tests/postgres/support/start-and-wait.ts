// Run as a process of its own, to be killed: starts a server by the request in its first argument, says so, and waits.
// A failure that a user can act on is said as well.

import type { ProviderId } from "../../../src/database/providers/index.js";
import { startServer } from "../../../src/database/start.js";
import { PlanGateError } from "../../../src/errors.js";
import { serverRequest } from "./server-request.js";

const { provider, ...change } = JSON.parse(process.argv[2] ?? "") as { provider: ProviderId };
try {
  const server = await startServer(provider, serverRequest(change));
  process.stdout.write(`started ${server.description}\n`);
  setInterval(() => {}, 60_000);
} catch (error) {
  if (!(error instanceof PlanGateError)) throw error;
  process.stdout.write(`${error.code}: ${error.message}\n`);
}
