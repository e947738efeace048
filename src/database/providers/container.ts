import type { Provider } from "../provider.js";
import { dockerSilence } from "./docker-missing.js";

/** Any image with Postgres, through Docker or what speaks its API. testcontainers is loaded only when it is used. */
export const container: Provider = {
  id: "container",
  summary: "A throw-away container of `postgres.image` (default `postgres:<version>`), through Docker.",

  async unavailable() {
    const runtime = await import("./container-runtime.js");
    return (await runtime.answers()) ? undefined : dockerSilence;
  },

  async start(request) {
    const engine = await import("./container-engine.js");
    return engine.startContainer(request);
  },

  async sweep({ progress }) {
    const runtime = await import("./container-runtime.js");
    await runtime.removeAbandoned(progress);
  },
};
