import type { ProvenFix } from "../verdict/verdict.js";

/** A table as the catalog names it. */
export interface TableName {
  readonly schema: string;
  readonly name: string;
}

/** What might mend a plan. Nothing is proven yet: it is tried on a throw-away copy of the built database. */
export interface Candidate {
  readonly kind: ProvenFix["kind"];
  /** What it is, in one line that completes "This …": "restores the dropped index `orders_customer_id_idx`". */
  readonly title: string;
  /** As one would run it in production; complete, ends in ";". Two equal texts are one candidate. */
  readonly sql: string;
  /** The same for the copy, where nobody else works: one statement each. Empty for a rewritten query. */
  readonly statements: readonly string[];
  /** The indexes it makes, whose size is told, and what they cost the writes of their table. */
  readonly indexes?: { readonly names: readonly TableName[]; readonly table: TableName };
  /** The table whose statistics must be made anew before planning. */
  readonly analyze?: TableName;
  /** Brings back what the schema had before. */
  readonly restores?: true;
  /** The query's text in place of the registered one. */
  readonly query?: string;
}

/** A table's name as a key. */
export function tableKey({ schema, name }: TableName): string {
  return JSON.stringify([schema, name]);
}

/** An identifier as SQL text, quoted only where it must be. Keywords are not known here: generated names are none. */
export function identifier(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
