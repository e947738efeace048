import type { Layout } from "./layout.js";

/** Any folder of SQL files. */
export const plain: Layout = {
  id: "plain",
  summary: "Every `.sql` file, in natural order: 2 before 10, folders in the order of their paths.",
  recognises: () => true,
  order: (names) => names.map((name) => ({ name, names: namesOf(name) })),
};

/** What `seed.after` may call a file: its path, its name, either without `.sql`, or the number it begins with. */
export function namesOf(name: string): readonly string[] {
  const base = name.slice(name.lastIndexOf("/") + 1);
  const bare = base.replace(/\.sql$/, "");
  const number = /^\d+/.exec(bare)?.[0];
  return [...new Set([name, base, bare, ...(number === undefined ? [] : [number, number.replace(/^0+(?=\d)/, "")])])];
}
