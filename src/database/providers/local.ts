import { PlanGateError } from "../../errors.js";
import { isReadableForNobody, isRoot } from "../binaries.js";
import { startCluster, sweepClusters } from "../cluster.js";
import { findInstalledPostgres } from "../installed-binaries.js";
import type { Provider } from "../provider.js";

/** A throw-away cluster from the installed Postgres. The system's running server is never touched. */
export const local: Provider = {
  id: "local",
  summary: "A throw-away server from an installed Postgres (its `initdb` and `postgres`); never the running one.",

  async unavailable({ major, env }) {
    if (await findInstalledPostgres(major, env)) return undefined;
    return `no Postgres ${major ?? "14 to 18"} is installed`;
  },

  async start(request) {
    const found = await findInstalledPostgres(request.major, request.env);
    if (!found) {
      const wanted = request.major ?? "14 to 18";
      throw new PlanGateError(
        "database-unreachable",
        `\`postgres.provider: local\` finds no installed Postgres ${wanted}`,
        {
          hint: "Install it (on Debian `postgresql-<major>`, with Homebrew `postgresql@<major>`), put its `initdb` on PATH, or choose `postgres.provider: embedded`.",
        },
      );
    }
    if (isRoot() && !(await isReadableForNobody(found.bin))) {
      throw new PlanGateError(
        "database-refused",
        `the user \`nobody\`, as whom root must run Postgres, cannot read ${found.bin}`,
        {
          hint: "Run plan-gate as another user than root, or install Postgres where every user can read it.",
        },
      );
    }
    return startCluster("local", request, async () => found);
  },

  sweep: sweepClusters,
};
