// Around `npm pack`: what is for developing only (Node and Postgres binaries, what dist/ already bundles) must not
// come with the published package. `prepack` strips package.json, `postpack` puts it back.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";

const [kept, live] = ["package.json.unpacked", "package.json"];
if (process.argv[2] === "after") {
  if (existsSync(kept)) renameSync(kept, live);
} else {
  // A pack that failed half-way has left it stripped: what it kept then is the real one.
  const text = readFileSync(existsSync(kept) ? kept : live, "utf8");
  const {
    devDependencies: _dev,
    optionalDependencies: _binaries,
    overrides: _overrides,
    scripts: _scripts,
    ...published
  } = JSON.parse(text);
  writeFileSync(kept, text);
  writeFileSync(live, `${JSON.stringify(published, null, 2)}\n`);
}
