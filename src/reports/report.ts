import type { Verdict } from "../verdict/verdict.js";

/** What a report may take into account besides the verdict. */
export interface RenderOptions {
  /** Whether ANSI colours may be used. */
  readonly color: boolean;
  /** Columns of the terminal. */
  readonly width: number;
  /** Also what a reader can usually do without: every passed plan, every plan tree, times. */
  readonly verbose: boolean;
}

/** One way to tell a verdict. To add one: a file here and a line in `index.ts`. */
export interface Report<Id extends string = string> {
  /** As `--report` names it. */
  readonly id: Id;
  /** One sentence for the reference page. */
  readonly summary: string;
  /** Pure: the same verdict and options give the same bytes. Ends in a newline. */
  render(verdict: Verdict, options: RenderOptions): string;
}

/** Keeps the literal type of a report's id. */
export function defineReport<const Id extends string>(report: Report<Id>): Report<Id> {
  return report;
}
