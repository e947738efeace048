import type { Visit } from "../plan/walk.js";
import type { TableName } from "./candidate.js";

/** One side of a condition that depends on one occurrence of a relation alone. */
export interface Term {
  /** The column where it is one, bare; else undefined. */
  readonly column: string | undefined;
  /** SQL text without qualifier. */
  readonly text: string;
  /** The columns it is made of. */
  readonly columns: readonly string[];
  /** Where it is a column below one cast: the type that the cast names. */
  readonly castTo?: string;
  /** Constants in it: an expression is one on these alone. */
  readonly constants?: readonly string[];
}

/** A term that an operator asks what lies in it, or around it. */
export interface Contained extends Term {
  readonly operator: string;
}

/** An order that the plan brings rows into. */
export interface OrderTerm extends Term {
  readonly suffix: "" | " DESC" | " NULLS FIRST" | " DESC NULLS LAST";
}

/** A condition that compares a term with a constant, or asks whether it is null. */
export interface Fixed {
  readonly term: Term;
  /** As SQL, for an index's WHERE. */
  readonly predicate: string;
  /** The constant's text; undefined for IS NULL and booleans. */
  readonly constant?: string;
}

/** What an index could find of one part of a condition with OR. */
export interface Part extends Term {
  /** Compared by LIKE with a constant that begins with something else than a wildcard. */
  readonly isPrefix?: true;
}

/** One occurrence of a relation in a query, and everything the plan asks of it. */
export interface Occurrence {
  readonly relation: TableName;
  readonly alias: string;
  readonly visits: readonly Visit[];
  /** Compared for equality with something known before the read. */
  readonly equal: readonly Term[];
  /** Compared for equality with a column of another relation. */
  readonly joined: readonly Term[];
  /** Compared by <, <=, > or >= with something known. */
  readonly ranges: readonly Term[];
  /** Compared by LIKE with a constant that begins with something else than a wildcard. */
  readonly prefixes: readonly Term[];
  /** Compared with a pattern that may begin anywhere: LIKE '%x%', ILIKE, regular expressions. */
  readonly searches: readonly Term[];
  /** Asked whether it contains or overlaps something: jsonb, arrays, full text, ranges, shapes. */
  readonly contains: readonly Contained[];
  /** Asked whether it is null. */
  readonly nulls: readonly Term[];
  /** For each condition of which one part must be true: for each part, what an index could find. */
  readonly either: readonly (readonly Part[])[];
  /** The first keys of the outermost sort, as far as they are of this occurrence. */
  readonly order: readonly OrderTerm[];
  readonly grouped: readonly Term[];
  /** Conditions with a constant: what a partial index could be limited to. */
  readonly fixed: readonly Fixed[];
}

/** Lists to be filled, one of each kind. */
export function emptyTerms() {
  const terms = (): Term[] => [];
  return {
    ...{ equal: terms(), joined: terms(), ranges: terms(), prefixes: terms(), searches: terms(), nulls: terms() },
    ...{ grouped: terms(), either: [] as Part[][], contains: [] as Contained[], order: [] as OrderTerm[] },
    fixed: [] as Fixed[],
  };
}
