// Cuts what plan-gate asks of GitHub out of GitHub's own API description, for the fake that the tests talk to.
// Run `node scripts/cut-openapi.mjs`; it downloads 29 MB by npm and writes tests/support/github/openapi.json.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const source = "@octokit/openapi@23.0.2";
const target = "tests/support/github/openapi.json";
const operations = [
  "repos/get",
  "repos/get-branch",
  "repos/compare-commits-with-basehead",
  "repos/get-collaborator-permission-level",
  "repos/get-content",
  "repos/create-commit-status",
  "repos/get-combined-status-for-ref",
  "pulls/get",
  "pulls/list",
  "pulls/create",
  "pulls/update",
  "issues/list-events-for-timeline",
  "issues/list-comments",
  "issues/create-comment",
  "issues/update-comment",
  "issues/delete-comment",
  "issues/get-label",
  "issues/create-label",
  "issues/add-labels",
  "issues/remove-label",
  "issues/list-for-repo",
  "issues/get",
  "issues/create",
  "issues/update",
  "teams/get-by-name",
  "teams/get-membership-for-user-in-org",
  "checks/list-for-ref",
  "checks/get",
  "checks/create",
  "checks/update",
  "checks/list-annotations",
  "actions/get-workflow-run",
  "actions/list-workflow-run-artifacts",
  "actions/download-artifact",
  "git/get-ref",
  "git/create-ref",
  "git/update-ref",
  "git/get-commit",
  "git/create-commit",
  "git/get-tree",
  "git/create-tree",
  "git/get-blob",
  "git/create-blob",
];
/** The oldest GHES described there. It must take the very same requests, so that one description serves both. */
const enterprise = "ghes-3.17";

const words = new Set([
  "description",
  "summary",
  "title",
  "example",
  "examples",
  "externalDocs",
  "tags",
  "headers",
  "default",
]);

const folder = mkdtempSync(join(tmpdir(), "cut-openapi-"));
try {
  const names = [`package/generated/api.github.com.json`, `package/generated/${enterprise}.json`];
  const packed = execFileSync("npm", ["pack", "--silent", "--pack-destination", folder, source], { encoding: "utf8" });
  execFileSync("tar", ["xzf", join(folder, packed.trim()), "-C", folder, ...names]);
  const [cloud, ghes] = names.map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));
  const text = JSON.stringify(cut(cloud, ghes));
  writeFileSync(target, `${text}\n`);
  console.log(`${target}: ${operations.length} operations, ${text.length} bytes`);
} finally {
  rmSync(folder, { recursive: true });
}

function cut(cloud, ghes) {
  const known = operationsOf(ghes);
  const paths = {};
  for (const [id, { path, method, operation }] of operationsOf(cloud)) {
    if (!operations.includes(id)) continue;
    paths[path] ??= {};
    paths[path][method] = brief(operation);
    const there = known.get(id);
    if (!there || request(there.operation) !== request(operation)) throw new Error(`${enterprise} differs: ${id}`);
  }
  const found = Object.values(paths).flatMap((item) => Object.values(item).map(({ operationId }) => operationId));
  const lost = operations.filter((id) => !found.includes(id));
  if (lost.length > 0) throw new Error(`not in ${source}: ${lost.join(", ")}`);
  const components = {};
  collect(paths, cloud, components);
  return {
    openapi: cloud.openapi,
    info: { title: `cut from ${source} (MIT)`, version: cloud.info.version },
    paths,
    components,
  };
}

function operationsOf(description) {
  return new Map(
    Object.entries(description.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => [operation.operationId, { path, method, operation }]),
    ),
  );
}

/** What requests and answers must look like; the words are left out. */
function brief({ operationId, parameters, requestBody, responses }) {
  return strip({ operationId, parameters, requestBody, responses });
}

function request(operation) {
  const { parameters, requestBody } = brief(operation);
  return JSON.stringify({ parameters, requestBody });
}

/** Without words. In `properties` every key is a name, and a property may well be called "title". */
function strip(value, isNames = false) {
  if (Array.isArray(value)) return value.map((item) => strip(item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => isNames || !(words.has(key) || key.startsWith("x-")))
      .map(([key, inner]) => [key, key === "enum" ? inner : strip(inner, key === "properties" && !isNames)]),
  );
}

/** Brings every component that is referred to, and what those refer to. */
function collect(value, description, components) {
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (key !== "$ref" || typeof inner !== "string") {
      collect(inner, description, components);
      continue;
    }
    const [, , kind, name] = inner.split("/");
    components[kind] ??= {};
    if (name in components[kind]) continue;
    components[kind][name] = strip(description.components[kind][name]);
    collect(components[kind][name], description, components);
  }
}
