import { createHash } from "node:crypto";
import * as z from "zod";
import type { Conclusion } from "../conclusion/conclusion.js";

/** What the hidden first line of our comment says about it. A hint for us, never evidence: anybody can write one. */
const Marker = z.strictObject({
  head: z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/),
  run: z.int().nonnegative(),
  attempt: z.int().nonnegative(),
  digest: z.string().regex(/^[0-9a-f]{1,64}$/),
  record: z.int().nonnegative().nullable(),
});
export type Marker = Readonly<z.infer<typeof Marker>>;

const longestId = 200;

/** Tells the comments of one pull request apart: the settings files that it is about. Holds nothing that ends a comment. */
export function commentId({ evaluations }: Pick<Conclusion, "evaluations">): string {
  const configs = [...new Set(evaluations.map(({ config }) => config))].sort();
  const id = configs.map(encoded).join(",");
  return id.length <= longestId ? id : createHash("sha256").update(id).digest("hex");
}

/** Percent-encoded, and no two hyphens in a row. */
function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(/-(?=-|$)|[!'()*~]/g, hexadecimal);
}

function hexadecimal(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** What our comment begins with, to find it by. */
export function commentMarker(id: string): string {
  return `<!-- plan-gate:${id} `;
}

/** The whole first line. */
export function markerLine(id: string, marker: Marker): string {
  const { head, run, attempt, digest, record } = marker;
  const json = JSON.stringify({ head, run, attempt, digest, record });
  const harmless = json.replace(/[-<>]/g, (each) => `\\u00${each.charCodeAt(0).toString(16)}`);
  return `${commentMarker(id)}${harmless} -->`;
}

/** What a comment's first line says; undefined where it is no marker of ours, or a clumsily forged one. */
export function readMarker(body: string): (Marker & { readonly id: string }) | undefined {
  const [, id, json] = /^<!-- plan-gate:(\S{0,400}) (\{[^\r\n]{1,1000}\}) -->\r?(?:\n|$)/.exec(body) ?? [];
  if (id === undefined || json === undefined) return undefined;
  try {
    const read = Marker.safeParse(JSON.parse(json));
    return read.success ? { id, ...read.data } : undefined;
  } catch {
    return undefined;
  }
}
