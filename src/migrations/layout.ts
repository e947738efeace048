import type { Place } from "../errors.js";

/** One file of a folder of migrations, in the order in which it is applied. */
export interface MigrationFile {
  /** Relative to the settings file's folder. */
  readonly file: string;
  /** What `seed.after` may call it: the file's name, with or without `.sql`, or its version. */
  readonly names: readonly string[];
  readonly sql: string;
}

/** How a tool names and orders its files. To add one: a file here and a line in `read.ts`. */
export interface Layout {
  readonly id: string;
  readonly summary: string;
  /** Whether a folder with these file names (relative to it, sorted) is laid out this way. */
  recognises(names: readonly string[]): boolean;
  /** Those that are applied, in order; undo scripts and the like are left out. `names` as above. */
  order(names: readonly string[]): readonly { readonly name: string; readonly names: readonly string[] }[];
}

/** One statement that was run. Kept to say later which line did it. */
export interface AppliedStatement extends Place {
  readonly line: number;
  readonly sql: string;
}
