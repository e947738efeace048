import { withProof } from "../../src/fixes/tell.js";
import { alarmsOf, weigh } from "../../src/fixes/weigh.js";
import type { Plan } from "../../src/plan/plan.js";
import { blockWhereProven } from "../../src/verdict/mendable.js";
import type { Finding, Outcome, ProvenFix } from "../../src/verdict/verdict.js";
import { actual, plan, seqScan } from "../support/plans.js";

const executed = (totalCost: number, sharedBlocks: number, tempBlocks = 0): Plan =>
  plan(seqScan("orders", { totalCost, actual: actual(10, { sharedBlocks, tempBlocks }) }));
const planned = (totalCost: number): Plan => plan(seqScan("orders", { totalCost }), "too dear");

function finding(rule: string, severity: Finding["severity"] = "error"): Finding {
  const texts = { title: "worse", why: "it matters", fix: "look" };
  return { rule, severity, relation: "public.orders", ...texts, before: null, after: null, cause: null };
}

function outcome(before: Plan | undefined, findings: readonly Finding[], kind: Outcome["kind"] = "flagged"): Outcome {
  const base = { kind, name: "q", case: null, plan: "custom", findings, notes: [] } as const;
  return { ...base, ...(before ? { before } : {}) };
}

const flagged = outcome(executed(100, 50), [finding("index-scan-lost")]);
const fine = { kind: "passed", findings: [finding("x", "info")] } as const;

test("a fix clears what leaves no finding and costs no more than a tenth above what was", () => {
  const effect = weigh(flagged, executed(900, 500), executed(110, 55), fine);
  expect(effect).toMatchObject({
    kind: "clears",
    cost: { without: 900, with: 110 },
    blocks: { without: 500, with: 55 },
  });
  expect(effect.gone.map(({ rule }) => rule)).toEqual(["index-scan-lost"]);
  expect(weigh(flagged, executed(900, 500), executed(111, 55), fine).kind).toBe("halves");
  expect(weigh(flagged, executed(900, 500), executed(150, 55), fine, { restores: true }).kind).toBe("clears");
  expect(weigh(flagged, executed(900, 500), executed(151, 55), fine, { restores: true }).kind).toBe("halves");
});

test("a finding that stays, or a new one, is not cleared", () => {
  const judged = { kind: "flagged", findings: [finding("blocks-increased", "warn")] } as const;
  const effect = weigh(flagged, executed(900, 500), executed(100, 50), judged);
  expect([effect.kind, effect.gone.length]).toEqual(["halves", 1]);
  expect(weigh(flagged, executed(900, 500), executed(100, 50), flagged).gone).toEqual([]);
});

test("measured blocks overrule the estimate", () => {
  expect(weigh(flagged, executed(900, 500), executed(100, 900), fine).kind).toBe("none");
  expect(weigh(flagged, executed(900, 500, 800), executed(800, 500, 0), flagged).kind).toBe("halves");
  expect(weigh(flagged, executed(900, 500), executed(800, 400), flagged).kind).toBe("none");
});

test("what was not executed is weighed by cost alone", () => {
  expect(weigh(flagged, planned(900), planned(440), flagged)).toMatchObject({ kind: "halves", left: 440 / 900 });
  expect(weigh(flagged, planned(900), planned(460), flagged).kind).toBe("none");
});

test("a new query has no cost before: it must not get dearer", () => {
  const red = outcome(undefined, [finding("red-flag", "warn"), finding("unbaselined")], "unbaselined");
  expect(alarmsOf(red).map(({ rule }) => rule)).toEqual(["red-flag"]);
  const judged = { kind: "unbaselined", findings: [] } as const;
  expect(weigh(red, executed(900, 500), executed(890, 40), judged).kind).toBe("clears");
  expect(weigh(red, executed(900, 500), executed(910, 40), judged).kind).not.toBe("clears");
});

describe("what is told", () => {
  const fix: ProvenFix = {
    ...{ kind: "index", title: "restores the index", sql: "CREATE INDEX CONCURRENTLY a ON t (b);" },
    ...{ cost: { without: 4_130, with: 8.31 }, blocks: { without: 884, with: 43 }, helps: [], hurts: [] },
  };

  test("the finding names the fix and its effect, and what else can be done", () => {
    const cause = { kind: "migration", file: "m/2.sql", line: 7, statement: "DROP INDEX a" } as const;
    const lost = { ...finding("index-scan-lost"), cause };
    const other = finding("other", "info");
    const told = withProof(outcome(executed(1, 1), [lost, other]), { fix, gone: [lost], restores: true });
    expect(told.findings.map(({ fix, fixes }) => [fix, fixes])).toEqual([
      [
        "Take the statement at m/2.sql:7 out, or run `CREATE INDEX CONCURRENTLY a ON t (b);`. It was tried in this run, and helps.",
        [fix],
      ],
      ["look", undefined],
    ]);
  });

  test("a new index is no reason to take a statement out", () => {
    const cause = { kind: "migration", file: "m/2.sql", statement: "DROP INDEX a" } as const;
    const told = withProof(outcome(undefined, [{ ...finding("a"), cause }]), { fix, gone: [], restores: false });
    expect(told.findings[0]?.fix).toMatch(/^Run `CREATE INDEX/);
  });

  test("a definition's text stands below the advice, and what goes with it is said", () => {
    const view = {
      ...fix,
      kind: "definition",
      title: "puts the view `v` back as it was",
      sql: "CREATE\nVIEW",
    } as const;
    const told = withProof(outcome(undefined, [finding("a")]), { fix: view, gone: [], restores: true });
    expect(told.findings[0]?.fix).toBe(
      "Run the SQL below, which puts the view `v` back as it was. It was tried in this run, and helps; what the change did there is undone with it.",
    );
  });

  test("a query's new text is too long for the advice", () => {
    const query = { ...fix, kind: "query", title: "compares the bare column", sql: "SELECT 1 -- one\n;" } as const;
    const told = withProof(outcome(undefined, [finding("a")]), { fix: query, gone: [], restores: false });
    expect(told.findings[0]?.fix).toBe(
      "Write the query so that it compares the bare column. It was tried in this run, and helps.",
    );
  });

  test("a new query's finding blocks where a fix was proven, and nothing else does", () => {
    const [proven, bare] = [{ ...finding("red-flags", "warn"), fixes: [fix] }, finding("red-flags", "warn")];
    const severities = (one: Outcome) => blockWhereProven(one).findings.map(({ severity }) => severity);
    expect(severities(outcome(undefined, [proven, bare], "unbaselined"))).toEqual(["error", "warn"]);
    expect(severities(outcome(executed(1, 1), [proven, bare]))).toEqual(["warn", "warn"]);
  });
});
