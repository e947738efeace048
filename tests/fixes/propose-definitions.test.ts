import { type Definitions, noDefinitions, type ViewFacts } from "../../src/fixes/definition-facts.js";
import { proposeDefinitions } from "../../src/fixes/propose-definitions.js";
import { factsOf, type SchemaFacts } from "../../src/fixes/schema-facts.js";
import { customers, orders } from "./support/facts.js";

const having = (some: Partial<Definitions>, tables = [orders(), customers()]): SchemaFacts =>
  factsOf(tables, { ...noDefinitions, ...some });

function view(query: string, more: Partial<ViewFacts> = {}): ViewFacts {
  return {
    ...{ schema: "public", name: "open_orders", sqlName: "public.open_orders", materialized: false, query },
    ...{ columns: ["id bigint"], options: [], owner: "plan_gate_owner", grants: [], hasMore: false },
    ...more,
  };
}

const undone = (before: Partial<Definitions>, now: Partial<Definitions>) =>
  proposeDefinitions(having(before), having(now)).map(({ candidate }) => candidate);

describe("a view", () => {
  const old = view(" SELECT id\n   FROM public.orders;");

  test("comes back in place, with its options", () => {
    const barred = (query: string) => view(query, { options: ["security_barrier=true"] });
    const [one] = undone({ views: [barred("SELECT 1;")] }, { views: [barred("SELECT 2;")] });
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
    expect(one?.statements.at(-1)).toBe("ALTER VIEW public.open_orders OWNER TO plan_gate_owner");
    expect(one?.sql).not.toMatch(/OWNER/);
    const [given] = undone({ views: [old] }, { views: [{ ...now, owner: "reader" }] });
    expect(given?.sql).toMatch(/;\nALTER VIEW public.open_orders OWNER TO reader;$/);
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

  test("whose barrier is another, or that would lose what its definition does not tell, is left alone", () => {
    const barred = view("SELECT 2;", { options: ["security_barrier=true"] });
    expect(undone({ views: [old] }, { views: [barred] })).toEqual([]);
    expect(undone({ views: [barred] }, { views: [old] })).toEqual([]);
    const withTriggers = view("SELECT 2;", { columns: ["id bigint", "place bigint"], hasMore: true });
    expect(undone({ views: [old] }, { views: [withTriggers] })).toEqual([]);
  });

  test("that is the same, new or gone is left alone", () => {
    expect(undone({ views: [old] }, { views: [old] })).toEqual([]);
    expect(undone({ views: [] }, { views: [old] })).toEqual([]);
    expect(undone({ views: [old] }, { views: [] })).toEqual([]);
  });
});

test("a function comes back by its signature", () => {
  const one = (body: string, signature = "public.f(integer)") => ({
    ...{ name: "f", signature, definition: `CREATE OR REPLACE FUNCTION ${body}\n`, guard: "f" },
  });
  const [back] = undone({ functions: [one("old")] }, { functions: [one("new")] });
  expect(back?.sql).toBe("CREATE OR REPLACE FUNCTION old;");
  expect(undone({ functions: [one("old")] }, { functions: [one("new", "public.f(text)")] })).toEqual([]);
  // SECURITY DEFINER, or a search path that a change has pinned.
  const guarded = { ...one("new"), guard: "f {search_path=public}" };
  expect(undone({ functions: [one("old")] }, { functions: [guarded] })).toEqual([]);
});
