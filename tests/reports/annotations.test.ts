import fc from "fast-check";
import type { Conclusion } from "../../src/conclusion/conclusion.js";
import { annotationsOf } from "../../src/reports/annotations.js";
import { finding, lostIndex, outcome, verdict } from "../support/verdicts.js";
import { hostileTelling } from "./support/hostile-telling.js";
import { conclusion, evaluation, tellings } from "./support/tellings.js";

function conclusionOf(story: string): Conclusion {
  const told = tellings[story];
  if (!told) throw new Error(`there is no story ${story}`);
  return told.conclusion;
}

test("what got worse is annotated on the migration line that did it", () => {
  expect(annotationsOf(conclusionOf("one-index-lost"))).toEqual([
    {
      path: "migrations/V012__tidy.sql",
      line: 7,
      level: "failure",
      title:
        "recent-orders-of-tenant · hot tenant: public.orders is read whole instead of through `orders_tenant_created_idx`",
      message: expect.stringContaining("Keep `orders_tenant_created_idx`"),
    },
  ]);
});

test("forty plans that one line made worse are one annotation, which names some and counts the others", () => {
  const [first, ...others] = annotationsOf(conclusionOf("forty-changes"));
  expect(others).toEqual([]);
  expect(first?.title).toMatch(/\(and 39 more\)$/);
  expect(first?.message).toMatch(/\n… and 32 more$/);
});

test("where no migration is to blame the query's own line is annotated, below the settings file's folder", () => {
  const told = lostIndex({ findings: [finding({ severity: "warn" })] });
  const [annotation] = annotationsOf(conclusion("pass", [evaluation(verdict([told]), { config: "db/plan-gate.yml" })]));
  expect(annotation).toMatchObject({ path: "db/queries/orders.sql", line: 12, level: "warning" });
});

test("where there is no place at all, or one outside of the repository, the settings file is annotated", () => {
  const nowhere = (({ place: _, ...gone }) => gone)(outcome("broken", "gone", { findings: [finding()] }));
  const outside = outcome("flagged", "out", { place: { file: "../../etc/passwd", line: 3 }, findings: [finding()] });
  const told = annotationsOf(
    conclusion("worse", [evaluation(verdict([nowhere, outside]), { config: "db/plan-gate.yml" })]),
  );
  expect(told.map(({ path, line }) => [path, line])).toEqual([["db/plan-gate.yml", 1]]);
});

test("a problem is annotated where it lies, and what is proposed on the file that proposes it", () => {
  expect(annotationsOf(conclusionOf("migration-failed"))).toMatchObject([
    { path: "migrations/V013__rename.sql", line: 4, level: "failure" },
  ]);
  expect(annotationsOf(conclusionOf("environment-changed"))).toMatchObject([
    { path: "plan-gate.yml", line: 1, level: "warning" },
  ]);
});

test("what somebody approved, and what is no worse, is not annotated", () => {
  expect(annotationsOf(conclusionOf("approved"))).toEqual([]);
  expect(annotationsOf(conclusionOf("clean"))).toEqual([]);
});

test("where nothing is enforced nothing is marked as a failure", () => {
  const lax = { ...conclusionOf("one-index-lost"), enforced: false, exitCode: 0 } as const;
  expect(annotationsOf(lax).map(({ level }) => level)).toEqual(["warning"]);
});

test("of very many lines a hundred are annotated, and the last one counts the others", () => {
  const outcomes = Array.from({ length: 250 }, (_, index) =>
    outcome("flagged", `q${index}`, { findings: [finding()], place: { file: "queries/all.sql", line: index + 1 } }),
  );
  const told = annotationsOf(conclusion("worse", [evaluation(verdict(outcomes))]));
  expect(told).toHaveLength(100);
  expect(told.at(-1)?.message).toContain("150 more annotations left out");
});

test("no annotation is longer than GitHub takes, leaves the repository, or holds invisible characters", () => {
  fc.assert(
    fc.property(hostileTelling, ({ conclusion: told }) => {
      for (const { path, line, title, message } of annotationsOf(told)) {
        expect(title.length).toBeLessThanOrEqual(255);
        expect(Buffer.byteLength(message)).toBeLessThanOrEqual(64_000);
        expect(line).toBeGreaterThanOrEqual(1);
        expect(path).not.toMatch(/^\/|^\.\.(\/|$)|\/\.\.\/|^\.?$/);
        expect(title + path + message.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
      }
    }),
    { numRuns: 200 },
  );
});

test("the longest message there can be stays below 64 KB", () => {
  const long = "表".repeat(5_000);
  const outcomes = Array.from({ length: 50 }, (_, index) =>
    outcome("flagged", `${index}${long}`, {
      findings: Array.from({ length: 9 }, () => finding({ title: long, fix: long })),
    }),
  ).map((told) => ({ ...told, place: { file: "queries/all.sql", line: 1 } }));
  const [only] = annotationsOf(conclusion("worse", [evaluation(verdict(outcomes))]));
  expect(Buffer.byteLength(only?.message ?? "")).toBeGreaterThan(10_000);
  expect(Buffer.byteLength(only?.message ?? "")).toBeLessThanOrEqual(64_000);
});
