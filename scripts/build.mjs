// Bundles the command line and the action into dist/: ESM, split so that what is large loads on demand. Same input, same bytes.
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { build } from "esbuild";

const outdir = process.argv[2] ?? "dist";

const leftOut = {
  name: "left-out",
  setup(b) {
    // Native add-ons and SSH tunnels: optional in dockerode, useless here.
    b.onResolve({ filter: /^(cpu-features|ssh2|ssh-remote-port-forward)$|\.node$/ }, (a) => ({
      path: a.path,
      namespace: "left-out",
    }));
    b.onLoad({ filter: /.*/, namespace: "left-out" }, ({ path }) => ({
      contents: path.startsWith("ssh")
        ? "class Client { constructor() { throw new Error('plan-gate: DOCKER_HOST=ssh:// is not supported'); } }\nmodule.exports = { Client, createSshConnection: async () => new Client() };"
        : `throw new Error(${JSON.stringify(`${path} is left out of the bundle`)});`,
    }));
  },
};

const { metafile, outputFiles } = await build({
  entryPoints: { cli: "src/cli.ts", index: "src/action.ts", post: "src/post.ts" },
  outdir,
  chunkNames: "chunks/[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node24",
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: "none",
  // Not declared in the banner: a package may declare one of its own.
  define: { __filename: "import.meta.filename", __dirname: "import.meta.dirname" },
  metafile: true,
  write: false,
  plugins: [leftOut],
  banner: {
    js: "import { createRequire as __cr } from 'node:module'; const require = __cr(import.meta.url);",
  },
});
// Only now: a build that fails leaves the old one.
await rm(outdir, { recursive: true, force: true });
for (const { path, contents } of outputFiles) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, contents);
}
// The parser looks for its wasm beside the chunk it lies in.
await cp("node_modules/libpg-query/wasm/libpg-query.wasm", `${outdir}/chunks/libpg-query.wasm`);

const dirs = new Set(
  Object.keys(metafile.inputs).flatMap((f) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(f)?.[0] ?? []),
);
let text = "";
for (const dir of [...dirs].sort()) {
  const pkg = JSON.parse(await readFile(`${dir}/package.json`, "utf8"));
  const file = (await readdir(dir)).sort().find((f) => /^(licen[cs]e|copying)/i.test(f));
  const licence = file ? (await readFile(`${dir}/${file}`, "utf8")).trim() : "no licence file in the package";
  text += `${pkg.name} ${pkg.version} (${pkg.license ?? "see below"})\n\n${licence}\n\n----\n\n`;
}
await writeFile(`${outdir}/licenses.txt`, text);
const bytes = Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0);
console.log(`${outdir}: ${Math.round(bytes / 1024)} KB of JavaScript, ${dirs.size} packages`);
