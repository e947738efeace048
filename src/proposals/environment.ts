import type { Settings } from "../config/settings.js";
import type { Proposal } from "../evaluation/evaluation.js";
import type { Tree } from "../files/tree.js";
import { fillsOnlyNewTables } from "./new-tables.js";
import { changedFiles, type Sides, same, versionsOf } from "./side.js";

/** Something that the tested tree changes of the conditions under which plans are made. */
export interface EnvironmentChange {
  /** "changes `postgres.settings`". */
  readonly what: string;
  /** Relative to the settings file's folder. */
  readonly files: readonly string[];
  /** Whether the base must be planned under the new conditions to be compared. */
  readonly replans: boolean;
  /** Whether nothing that the base has can be planned otherwise by it. */
  readonly harmless: boolean;
}

/** How the server is reached, and how long it may take, is nobody's concern but the run's. */
const postgresKeys = ["version", "image", "locale", "settings", "extensions", "initScripts", "superuser"] as const;
const explainKeys = ["analyze", "timeoutSeconds", "maxAnalyzeCost", "session", "role"] as const;

/** Plans of one server say nothing about those of the other where one of these differs. All else is judged as a change. */
const otherServer: ReadonlySet<string> = new Set(["postgres.version", "postgres.image", "postgres.locale"]);

/** What of the environment differs: settings, the files they name, and the seed. */
export async function findEnvironmentChanges(sides: Sides): Promise<readonly EnvironmentChange[]> {
  return [...changedSettings(sides), ...(await changedScripts(sides)), ...(await changedSeeds(sides))];
}

/** The changes of the environment as what they are in a pull request: proposals. */
export async function proposedEnvironment(
  sides: Sides,
  changes: readonly EnvironmentChange[],
): Promise<readonly Proposal[]> {
  return Promise.all(
    changes.map(
      async ({ what, files, harmless }): Promise<Proposal> => ({
        kind: "environment",
        query: null,
        files: await versionsOf(sides, files),
        counts: harmless ? "freely" : "once approved",
        what,
        next: harmless ? "" : "Have it approved: plans made under other conditions say little about the change itself.",
      }),
    ),
  );
}

function changedSettings({ base, head, file }: Sides): readonly EnvironmentChange[] {
  const [before, after] = [base.settings, head.settings];
  const changed = [
    ...postgresKeys.filter((key) => !same(before.postgres[key], after.postgres[key])).map((key) => `postgres.${key}`),
    ...explainKeys.filter((key) => !same(before.explain[key], after.explain[key])).map((key) => `explain.${key}`),
    ...(same(before.migrations, after.migrations) ? [] : ["migrations"]),
    ...(same(before.seed, after.seed) ? [] : ["seed"]),
  ];
  return changed.map((key) => ({
    what: `changes \`${key}\`${between(key, before, after)}`,
    files: [file],
    replans: otherServer.has(key),
    harmless: false,
  }));
}

/** ": 17 → 18" where the values are short. */
function between(key: string, before: Settings, after: Settings): string {
  if (key !== "postgres.version") return "";
  return `: ${before.postgres.version ?? "not set"} → ${after.postgres.version ?? "not set"}`;
}

async function changedScripts(sides: Sides): Promise<readonly EnvironmentChange[]> {
  const { base, head } = sides;
  const named = ({ postgres, explain }: Settings) => [
    ...postgres.initScripts,
    ...(explain.session === undefined ? [] : [explain.session]),
  ];
  const changed = await changedFiles(
    sides,
    named(base.settings).filter((path) => named(head.settings).includes(path)),
  );
  return changed.map(({ path, after }) => ({
    what: `${after === null ? "removes" : "changes"} \`${path}\``,
    files: [path],
    replans: false,
    harmless: false,
  }));
}

async function changedSeeds(sides: Sides): Promise<readonly EnvironmentChange[]> {
  const { base, head } = sides;
  const paths = [await seedFiles(base.tree, base.settings), await seedFiles(head.tree, head.settings)].flat();
  const changes: EnvironmentChange[] = [];
  for (const { path, before, after } of await changedFiles(sides, paths)) {
    const harmless = before === null && (await fillsOnlyNewTables(sides, path));
    changes.push({
      what: `${before === null ? "adds" : after === null ? "removes" : "changes"} the seed file \`${path}\`${harmless ? " for a new table" : ""}`,
      files: [path],
      replans: false,
      harmless,
    });
  }
  return changes;
}

async function seedFiles(tree: Tree, { seed }: Settings): Promise<readonly string[]> {
  if (seed === undefined || !("files" in seed)) return [];
  return [...(await tree.find(seed.files, ".sql")), ...(await tree.find(seed.files, ".csv"))];
}
