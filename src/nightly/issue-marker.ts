import * as z from "zod";

const common = {
  /** Which state was told last: see `driftPrint` and `failurePrint`. */
  state: z.string().regex(/^[0-9a-f]{1,64}$/),
  /** How many clean nights followed on it. */
  clean: z.int().nonnegative().max(2),
  /** Date of the night that wrote it. */
  night: z.iso.date(),
  /** Date of the night that saw it first. */
  since: z.iso.date(),
};

/** What the hidden first line of an issue says about it: what it is about, and how far it has come. */
const IssueMarker = z.discriminatedUnion("about", [
  z.strictObject({ about: z.literal("drift"), config: z.string().max(5_000), query: z.string().max(5_000), ...common }),
  /** Drifts that are too many for an issue each. */
  z.strictObject({
    about: z.literal("drifts"),
    configs: z.array(z.string().max(5_000)).max(1_000).readonly(),
    ...common,
  }),
  z.strictObject({
    about: z.literal("failure"),
    configs: z.array(z.string().max(5_000)).max(1_000).readonly(),
    ...common,
  }),
]);
export type IssueMarker = Readonly<z.infer<typeof IssueMarker>>;

/** What an issue is about, without how far it has come. */
export type IssueSubject =
  | { readonly about: "drift"; readonly config: string; readonly query: string }
  | { readonly about: "drifts"; readonly configs: readonly string[] }
  | { readonly about: "failure"; readonly configs: readonly string[] };

/** Equal for issues about the same thing, of which there should be one. */
export function subjectKey(subject: IssueSubject): string {
  return subject.about === "drift"
    ? JSON.stringify([subject.about, subject.config, subject.query])
    : JSON.stringify([subject.about, ...subject.configs]);
}

const start = "<!-- plan-gate-night ";

/** The body's first line. */
export function markerLine(marker: IssueMarker): string {
  const harmless = JSON.stringify(marker).replace(
    /[-<>]|[^ -~]/g,
    (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `${start}${harmless} -->`;
}

/** What an issue's first line says; undefined where somebody edited it away. */
export function readMarker(body: string): IssueMarker | undefined {
  const [line = ""] = body.split(/\r?\n/, 1);
  if (!line.startsWith(start) || !line.endsWith(" -->")) return undefined;
  try {
    return IssueMarker.safeParse(JSON.parse(line.slice(start.length, -" -->".length))).data;
  } catch {
    return undefined;
  }
}
