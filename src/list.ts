import { readBaselines } from "./baselines/store.js";
import type { LoadedSettings } from "./config/load.js";
import { defaultMajor, supportedMajors } from "./database/provider.js";
import type { Problem } from "./errors.js";
import { workTree } from "./files/tree.js";
import { findQueries } from "./queries/find.js";
import type { Query } from "./queries/query.js";

/** The registered queries, and for which majors each has a baseline. Asks no server. */
export interface Listed {
  readonly queries: readonly { readonly query: Query; readonly majors: readonly number[] }[];
  /** The major that a run would plan on, as far as the settings say. */
  readonly major: number;
  readonly problems: readonly Problem[];
}

/** Reads what is registered and accepted in the work tree. */
export async function listQueries(
  { settings, root }: LoadedSettings,
  selectsName: (name: string) => boolean,
): Promise<Listed> {
  const tree = workTree(root);
  const { queries, problems } = await findQueries(tree, settings.queries);
  const stored = await Promise.all(supportedMajors.map((major) => readBaselines(tree, settings.baselines, major)));
  return {
    queries: queries
      .filter(({ name }) => selectsName(name))
      .map((query) => ({
        query,
        majors: supportedMajors.filter((_, index) => stored[index]?.byQuery.has(query.name)),
      })),
    major: settings.postgres.version ?? defaultMajor,
    problems: [...problems, ...stored.flatMap((one) => one.problems)],
  };
}
