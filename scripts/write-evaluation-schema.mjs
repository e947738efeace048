// Writes schema/evaluation.schema.json from its zod source; with --check, fails if the file says something else.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { build } from "esbuild";

const file = "schema/evaluation.schema.json";

const bundle = await build({
  entryPoints: ["src/evaluation/document-schema.ts"],
  bundle: true,
  write: false,
  format: "esm",
  platform: "node",
});
const [{ text }] = bundle.outputFiles;
const { evaluationSchema } = await import(`data:text/javascript,${encodeURIComponent(text)}`);
const schema = `${JSON.stringify(evaluationSchema(), null, 2)}\n`;

if (process.argv.includes("--check")) {
  const written = await readFile(file, "utf8").catch(() => "");
  if (written !== schema) {
    console.error(`${file} is out of date: run \`node scripts/write-evaluation-schema.mjs\`.`);
    process.exitCode = 1;
  }
} else {
  await mkdir("schema", { recursive: true });
  await writeFile(file, schema);
}
