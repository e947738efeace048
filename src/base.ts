import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { type FoundBaselines, readBaselines } from "./baselines/store.js";
import type { LoadedSettings } from "./config/load.js";
import { parseSettings, type Settings } from "./config/settings.js";
import { abandonedFolders, makeOwnedFolder, removeFolder } from "./database/leftovers.js";
import { PlanGateError } from "./errors.js";
import { checkOut } from "./files/checkout.js";
import { checkedOutCommit, folderInRepository } from "./files/git.js";
import { commitTree, findMergeBase, type Tree, workTree } from "./files/tree.js";
import { type Build, openBuild, type RunRequest } from "./measure.js";
import type { Expectations } from "./plan/expectations.js";
import type { Side, Sides } from "./proposals/side.js";
import { findQueries } from "./queries/find.js";
import type { Query } from "./queries/query.js";
import type { RuleSettings } from "./rules/settings.js";

/** What a run is compared with. */
export type BaseRequest =
  /** Where this branch left a branch or commit; the work tree is what is tested. */
  | { readonly ref: string }
  /** Full hashes: the base, and the commit whose policy counts, usually the same. HEAD is what is tested. */
  | {
      readonly commit: string;
      readonly policy: string;
      /** The commit whose `rules`, `tieMaxRatio`, `strict`, `enforce` and `approval` count where the policy's are out of date. */
      readonly newest?: string;
    };

/** What a verdict is judged by. */
export interface Policy {
  readonly kind: /** The work tree's own: nobody else's is known. */
    | "own"
    /** The base has no settings file: this branch adopts plan-gate, and its own policy counts. */
    | "set-up"
    /** The base's. */
    | "base";
  readonly settings: Settings;
  /** The settings file's folder below the repository's top; empty, or ending in `/`. */
  readonly folder: string;
  readonly notes: readonly string[];
  /** Thresholds in a query's header, by query; `head` are the queries that were planned. */
  headerRules(head: readonly Query[]): ReadonlyMap<string, RuleSettings>;
  /** What queries' headers expect, by query: the tested tree's own may add to the base's, and never take away. */
  expectations(head: readonly Query[]): ReadonlyMap<string, readonly Expectations[]>;
  /** The accepted plans. */
  baselines(major: number): Promise<FoundBaselines>;
  /** The tested tree's own baselines, in the same folder. */
  headBaselines(major: number): Promise<FoundBaselines>;
  /** Absent where there is no base to compare with. */
  readonly base?: Base;
}

/** The base beside the tested tree. */
export interface Base {
  readonly commit: string;
  readonly sides: Sides;
}

/** Reads whose policy counts, and all of it: before anything of the head runs. */
export async function readPolicy(request: RunRequest & { readonly base: BaseRequest | undefined }): Promise<Policy> {
  const { loaded, base } = request;
  const { settings, root } = loaded;
  if (base === undefined) return ownPolicy("own", settings, workTree(root), await folderOrTop(root), []);
  const commits: Extract<BaseRequest, { policy: string }> = "ref" in base ? await commitsOf(root, base.ref) : base;
  const head = await headTree(root, base);
  const { newest } = commits;
  const over = newest === undefined ? undefined : await settingsAt(root, newest, loaded.file);
  const known = await commitTree(root, commits.policy);
  const tree = newest !== undefined && over && !(await known.has(loaded.file)) ? await commitTree(root, newest) : known;
  const folder = await folderInRepository(root);
  if (!(await tree.has(loaded.file))) {
    const name = "ref" in base ? base.ref : "the base";
    return ownPolicy("set-up", settings, head, folder, [
      `\`${name}\` has no ${loaded.file} yet: the baselines, rules and thresholds of this branch count, as proposed`,
    ]);
  }
  const own = basePolicy(commits.commit, {
    base: await readSide(tree, loaded.file),
    head: await readSide(head, loaded.file),
    file: loaded.file,
    folder,
    selectsName: request.selectsName,
  });
  return over ? { ...own, settings: judgedBy(own.settings, over) } : own;
}

/** What decides, from the newer settings; where things lie and how they are built, from the others. */
function judgedBy(settings: Settings, { rules, tieMaxRatio, strict, enforce, approval }: Settings): Settings {
  return { ...settings, rules, tieMaxRatio, strict, enforce, approval };
}

/** The settings that a commit has at a path from the repository's top; undefined where there is no such file. */
export async function settingsAt(top: string, commit: string, path: string): Promise<Settings | undefined> {
  const tree = await commitTree(top, commit);
  if (!(await tree.has(path))) return undefined;
  const [text = ""] = await tree.read([path]);
  return parseSettings(text, posix.basename(path));
}

async function commitsOf(root: string, ref: string): Promise<{ readonly commit: string; readonly policy: string }> {
  const commit = await findMergeBase(root, ref);
  return { commit, policy: commit };
}

/** In a pull request the commit: a command of its migrations may rewrite the work tree. */
async function headTree(root: string, base: BaseRequest): Promise<Tree> {
  return "ref" in base ? workTree(root) : commitTree(root, await checkedOutCommit(root));
}

async function folderOrTop(root: string): Promise<string> {
  return folderInRepository(root).catch(() => "");
}

async function readSide(tree: Tree, file: string): Promise<Side> {
  if (!(await tree.has(file))) {
    throw new PlanGateError("input-missing", `${file} is not in the tested commit`, {
      hint: "Commit the settings file: what only lies in the work tree cannot be compared with a base.",
    });
  }
  const [text = ""] = await tree.read([file]);
  const settings = parseSettings(text, file);
  return { settings, tree, queries: await findQueries(tree, settings.queries) };
}

function ownPolicy(
  kind: "own" | "set-up",
  settings: Settings,
  tree: Tree,
  folder: string,
  notes: readonly string[],
): Policy {
  const baselines = (major: number) => readBaselines(tree, settings.baselines, major);
  return {
    kind,
    settings,
    folder,
    notes,
    headerRules: rulesByQuery,
    expectations: (head) => expectationsByQuery(head, []),
    baselines,
    headBaselines: baselines,
  };
}

function basePolicy(commit: string, sides: Sides): Policy {
  const { settings, tree, queries } = sides.base;
  // A broken query file of the base is the base's problem: its queries have no thresholds to take over.
  const rules = rulesByQuery(queries.queries);
  return {
    kind: "base",
    settings,
    folder: sides.folder,
    notes: [],
    headerRules: () => rules,
    expectations: (head) => expectationsByQuery(queries.queries, head),
    baselines: (major) => readBaselines(tree, settings.baselines, major),
    headBaselines: (major) => readBaselines(sides.head.tree, settings.baselines, major),
    base: { commit, sides },
  };
}

function rulesByQuery(queries: readonly Query[]): ReadonlyMap<string, RuleSettings> {
  return new Map(queries.map(({ name, rules }) => [name, rules]));
}

function expectationsByQuery(
  first: readonly Query[],
  more: readonly Query[],
): ReadonlyMap<string, readonly Expectations[]> {
  const byQuery = new Map<string, Expectations[]>();
  for (const { name, expect } of [...first, ...more]) {
    if (expect) byQuery.set(name, [...(byQuery.get(name) ?? []), expect]);
  }
  return byQuery;
}

const checkoutPrefix = "plan-gate-base-";

/** What of the base is planned, and under whose conditions. */
export interface BaseMeasuring {
  readonly commit: string;
  readonly queries: ReadonlySet<string>;
  /** `head`: server, session and seed are the head's, so that both sides' plans can be compared. */
  readonly conditions: "base" | "head";
}

/** The base's build, and the private copy of its commit from which it was made: both are gone once it is disposed of. */
export interface BaseBuild extends Build {
  /** What it was built by; `loaded.root` is the copy. */
  readonly request: RunRequest;
}

/** Plans queries as the base has them, on a server of its own, from a private copy of its commit. */
export async function openBase(
  request: RunRequest,
  { commit, queries, conditions }: BaseMeasuring,
): Promise<BaseBuild> {
  const { loaded, env, progress } = request;
  const parent = env["TMPDIR"] || tmpdir();
  for (const folder of await abandonedFolders(parent, checkoutPrefix)) await removeFolder(folder);
  await using opened = new AsyncDisposableStack();
  const copy = opened.use(await ownFolder(parent));
  const top = join(copy.path, "files");
  await mkdir(top);
  await checkOut(loaded.root, commit, { folder: top, index: join(copy.path, "index") }, env);
  request.signal.throwIfAborted();
  const root = join(top, await folderInRepository(loaded.root));
  const own: RunRequest = {
    ...request,
    loaded: { ...loaded, root, settings: await settingsIn(root, loaded, conditions) },
    wanted: [],
    selectsName: (name) => queries.has(name),
    installedIn: loaded.root,
    ...(conditions === "head" ? { conditionsIn: loaded.root } : {}),
    progress: {
      phase: (name) => progress.phase(`${name} (base)`),
      detail: (text) => progress.detail(text),
    },
  };
  const build = opened.use(await openBuild(own));
  const kept = opened.move();
  return { ...build, request: own, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

async function ownFolder(parent: string): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await makeOwnedFolder(parent, checkoutPrefix);
  return { path, [Symbol.asyncDispose]: () => removeFolder(path) };
}

/** The base's settings, on the same kind of server: which one it is, the command line or an input may have said. */
async function settingsIn(
  root: string,
  { settings: head, file }: LoadedSettings,
  conditions: BaseMeasuring["conditions"],
): Promise<Settings> {
  const tree = workTree(root);
  if (!(await tree.has(file))) {
    throw new PlanGateError("base-unreadable", `the base has no ${file}`, {
      hint: "Its plans are compared once it has one.",
    });
  }
  const [text = ""] = await tree.read([file]);
  const base = parseSettings(text, file);
  if (conditions === "head") {
    const { seed: _, ...rest } = base;
    const seed = head.seed === undefined ? {} : { seed: head.seed };
    return { ...rest, ...seed, postgres: head.postgres, explain: head.explain };
  }
  const { provider, version, url } = head.postgres;
  const server = { provider, ...(version === undefined ? {} : { version }), ...(url === undefined ? {} : { url }) };
  return { ...base, postgres: { ...base.postgres, ...server } };
}
