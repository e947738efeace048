// Fails where dist/ is not what the sources build: the build is repeated elsewhere and every byte compared.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

const fresh = mkdtempSync(".dist-check-");
try {
  execFileSync(process.execPath, ["scripts/build.mjs", fresh], { stdio: ["ignore", "ignore", "inherit"] });
  const list = (dir) =>
    readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((e) => e.isFile())
      .map((e) => join(e.parentPath, e.name).slice(dir.length + 1))
      .sort();
  const [want, have] = [list(fresh), list("dist")];
  const stale = [...new Set([...want, ...have])].filter(
    (file) =>
      !want.includes(file) ||
      !have.includes(file) ||
      !readFileSync(join(fresh, file)).equals(readFileSync(join("dist", file))),
  );
  if (stale.length > 0) {
    console.error(`dist/ is stale (${stale.join(", ")}): run \`npm run build\` and commit it.`);
    process.exitCode = 1;
  }
} finally {
  rmSync(fresh, { recursive: true, force: true });
}
