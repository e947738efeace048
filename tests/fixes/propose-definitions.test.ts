import { type Definitions, noDefinitions, type PolicyFacts, type ViewFacts } from "../../src/fixes/definition-facts.js";
import { proposeDefinitions } from "../../src/fixes/propose-definitions.js";
import { factsOf, type SchemaFacts } from "../../src/fixes/schema-facts.js";
import { customers, orders } from "./support/facts.js";

const having = (some: Partial<Definitions>, tables = [orders(), customers()]): SchemaFacts =>
  factsOf(tables, { ...noDefinitions, ...some });

function view(query: string, more: Partial<ViewFacts> = {}): ViewFacts {
  return {
    ...{ schema: "public", name: "open_orders", sqlName: "public.open_orders", materialized: false, query },
    ...{ columns: ["id bigint"], options: [], owner: "app", grants: [] },
    ...more,
  };
}

const undone = (before: Partial<Definitions>, now: Partial<Definitions>) =>
  proposeDefinitions(having(before), having(now)).map(({ candidate }) => candidate);

describe("a view", () => {
  const old = view(" SELECT id\n   FROM public.orders;");

  test("comes back in place, with its options", () => {
    const barred = view("SELECT 1;", { options: ["security_barrier=true"] });
    const [one] = undone({ views: [barred] }, { views: [view("SELECT 2;")] });
    expect(one?.sql).toBe("CREATE OR REPLACE VIEW public.open_orders WITH (security_barrier=true) AS\nSELECT 1;");
    expect(one?.title).toBe("puts the view `open_orders` back as it was");
  });

  test("is made anew where a column must go, with what others may do with it and its owner", () => {
    const grants = ["GRANT SELECT ON public.open_orders TO reader"];
    const now = view("SELECT 2;", { columns: ["id bigint", "place bigint"], grants });
    const [one] = undone({ views: [old] }, { views: [now] });
    expect(one?.sql).toBe(
      "DROP VIEW public.open_orders;\nCREATE VIEW public.open_orders AS\nSELECT id\n   FROM public.orders;\nGRANT SELECT ON public.open_orders TO reader;",
    );
    expect(one?.statements.at(-1)).toBe("ALTER VIEW public.open_orders OWNER TO app");
    expect(one?.sql).not.toMatch(/OWNER/);
  });

  test("keeps its rows again, with its indexes", () => {
    const indexes = [{ name: "k", unique: true, body: "USING btree (id)" }];
    const kept = { schema: "public", name: "open_orders", sqlName: "public.open_orders" };
    const before = having({ views: [view("SELECT 1;", { materialized: true })] }, [orders({ ...kept, indexes })]);
    const [one] = proposeDefinitions(before, having({ views: [view("SELECT 1;")] }));
    expect(one?.candidate.sql).toBe(
      "DROP VIEW public.open_orders;\nCREATE MATERIALIZED VIEW public.open_orders AS\nSELECT 1;\nCREATE UNIQUE INDEX k ON public.open_orders USING btree (id);",
    );
    expect(one?.candidate.analyze).toEqual({ schema: "public", name: "open_orders" });
  });

  test("that is the same, new or gone is left alone", () => {
    expect(undone({ views: [old] }, { views: [old] })).toEqual([]);
    expect(undone({ views: [] }, { views: [old] })).toEqual([]);
    expect(undone({ views: [old] }, { views: [] })).toEqual([]);
  });
});

test("a function comes back by its signature", () => {
  const one = (body: string, signature = "public.f(integer)") => ({
    ...{ name: "f", signature, definition: `CREATE OR REPLACE FUNCTION ${body}\n` },
  });
  const [back] = undone({ functions: [one("old")] }, { functions: [one("new")] });
  expect(back?.sql).toBe("CREATE OR REPLACE FUNCTION old;");
  expect(undone({ functions: [one("old")] }, { functions: [one("new", "public.f(text)")] })).toEqual([]);
});

describe("a policy", () => {
  const policy = (using: string | null, more: Partial<PolicyFacts> = {}): PolicyFacts => ({
    ...{ table: { schema: "public", name: "orders" }, name: "own", sqlName: "own", scope: "* t", using, check: null },
    ...more,
  });

  test("gets its condition back, also under a new name", () => {
    const [one] = undone({ policies: [policy("(a = 1)")] }, { policies: [policy("(b = 1)")] });
    expect(one?.sql).toBe("ALTER POLICY own ON public.orders USING ((a = 1));");
    const renamed = policy("(b = 1)", { name: "Own", sqlName: '"Own"' });
    expect(undone({ policies: [policy("(a = 1)")] }, { policies: [renamed] })[0]?.sql).toBe(
      'ALTER POLICY "Own" ON public.orders USING ((a = 1));',
    );
  });

  test("that is new, gone or for others stays: row security is not ours to lift", () => {
    expect(undone({ policies: [] }, { policies: [policy("(b = 1)")] })).toEqual([]);
    expect(undone({ policies: [policy("(a = 1)")] }, { policies: [] })).toEqual([]);
    expect(undone({ policies: [policy("(a = 1)")] }, { policies: [policy("(b = 1)", { scope: "r t" })] })).toEqual([]);
    expect(undone({ policies: [policy(null)] }, { policies: [policy("(b = 1)")] })).toEqual([]);
  });
});
