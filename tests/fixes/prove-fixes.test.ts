import type { Database } from "../../src/database/databases.js";
import type { Outcome, ProvenFix } from "../../src/verdict/verdict.js";
import { openWorkshop, type Workshop } from "./support/workshop.js";

const minutes = 180_000;
const customerIndex = "CREATE INDEX orders_customer_id_idx ON orders (customer_id)";

describe.each([14, 18])("on Postgres %i", (major) => {
  let workshop: Workshop;
  let indexed: Database;

  beforeAll(async () => {
    workshop = await openWorkshop(major);
    indexed = await workshop.copyWith(`${customerIndex};
      CREATE INDEX "Item Idx" ON "Shop"."Line Items" ("Item No"); CREATE INDEX events_device_idx ON events (device_id);
      CREATE STATISTICS orders_place ON region, city FROM orders; ANALYZE orders, "Shop"."Line Items", events`);
  }, minutes);
  afterAll(() => workshop[Symbol.asyncDispose](), minutes);

  const fixesOf = ({ outcomes }: { readonly outcomes: readonly Outcome[] }): readonly ProvenFix[] =>
    outcomes.flatMap(({ findings }) => findings.flatMap(({ fixes }) => fixes ?? []));

  test(
    "the dropped index is restored, once for all that miss it, and nothing is left behind",
    async () => {
      const outcomes = [await workshop.outcome("of-customer", indexed), await workshop.outcome("note", indexed)];
      const before = await workshop.traces();
      const fixed = await workshop.prove(outcomes, {
        applied: [{ file: "m.sql", line: 1, sql: `${customerIndex};` }],
      });
      expect(await workshop.traces()).toEqual(before);
      const [read, write] = fixesOf(fixed);
      expect(read).toMatchObject({
        ...{ kind: "index", title: "restores the dropped index `orders_customer_id_idx`", hurts: [] },
        sql: "CREATE INDEX CONCURRENTLY orders_customer_id_idx ON public.orders USING btree (customer_id);",
        helps: ["note", "of-two"],
      });
      expect(write).toMatchObject({ sql: read?.sql, helps: ["of-customer", "of-two"] });
      expect(read?.cost.with).toBeLessThan((read?.cost.without ?? 0) / 5);
      expect(read?.blocks?.with).toBeLessThan((read?.blocks?.without ?? 0) / 5);
      expect(read?.sizeBytes).toBeGreaterThan(100_000);
      const findings = fixed.outcomes.map(({ findings: [first] }) => first?.fix);
      for (const fix of findings) expect(fix).toMatch(/^Run `CREATE INDEX CONCURRENTLY .*`\. It was tried in this run/);
    },
    minutes,
  );

  test(
    "with a base its catalog tells what there was: quoted names, and statistics objects",
    async () => {
      const outcomes = [await workshop.outcome("item", indexed), await workshop.outcome("of-place", indexed)];
      expect(outcomes[1]?.findings.map(({ rule }) => rule)).toEqual(["rows-misestimated"]);
      const fixes = fixesOf(await workshop.prove(outcomes, { baseUrl: indexed.url }));
      expect(fixes.map(({ title }) => title)).toEqual([
        "restores the dropped index `Item Idx`",
        "restores the dropped statistics `orders_place`",
      ]);
      expect(fixes[0]?.sql).toBe(
        'CREATE INDEX CONCURRENTLY "Item Idx" ON "Shop"."Line Items" USING btree ("Item No");',
      );
    },
    minutes,
  );

  test(
    "where nobody knows what there was, the plan's conditions tell what is wanted",
    async () => {
      const names = ["item", "of-place", "device"];
      const outcomes: Outcome[] = [];
      for (const name of names) outcomes.push(await workshop.outcome(name, indexed));
      const fixes = fixesOf(await workshop.prove(outcomes));
      expect(fixes.map(({ sql }) => sql)).toEqual([
        'CREATE INDEX CONCURRENTLY "Line Items_Item_No_idx" ON "Shop"."Line Items" ("Item No");',
        "CREATE STATISTICS public.orders_region_city_stats (ndistinct, dependencies, mcv) ON region, city FROM public.orders; ANALYZE public.orders;",
        "CREATE INDEX events_device_id_idx ON public.events (device_id);",
      ]);
      expect(fixes[2]?.title).toMatch(/writes wait while it is built/);
      expect(fixes[2]?.sizeBytes).toBeGreaterThan(50_000);
    },
    minutes,
  );

  test(
    "a condition on a cast column is rewritten",
    async () => {
      const range = "SELECT id FROM orders WHERE created_at >= '2024-03-05' AND created_at < '2024-03-06'";
      const [fix] = fixesOf(await workshop.prove([await workshop.outcome("of-day", indexed, range)]));
      expect(fix).toMatchObject({
        ...{ kind: "query", helps: [], hurts: [] },
        sql: "SELECT id FROM orders WHERE (created_at >= date '2024-03-05' AND created_at < date '2024-03-05' + 1);",
      });
      expect(fix?.blocks?.with).toBeLessThan(10);
    },
    minutes,
  );

  test(
    "what was not executed is planned and not executed",
    async () => {
      const whole = await workshop.outcome("of-customer", indexed);
      const notMeasured = "too dear";
      const bare = (plan: Outcome["after"]) => {
        if (!plan) throw new Error("no plan");
        const { actual: _, ...root } = plan.root;
        return { ...plan, root, notMeasured };
      };
      const outcome = { ...whole, before: bare(whole.before), after: bare(whole.after) };
      const analyzed: boolean[] = [];
      const { databases, explain } = workshop.build;
      const build = {
        databases,
        explain: (...[subjects, options]: Parameters<typeof explain>) => {
          analyzed.push(options.analyze ?? true);
          return explain(subjects, options);
        },
      };
      const [fix] = fixesOf(await workshop.prove([outcome], { build }));
      expect([fix?.kind, fix?.blocks]).toEqual(["index", undefined]);
      expect(new Set(analyzed)).toEqual(new Set([false]));
    },
    minutes,
  );

  test(
    "what does not help is not told",
    async () => {
      const honest = await workshop.outcome("everything", indexed);
      const cheap = await workshop.outcome("of-customer", indexed);
      if (!cheap.before) throw new Error("no plan");
      const hopeless: Outcome = { ...honest, kind: "flagged", before: cheap.before, findings: cheap.findings };
      expect(fixesOf(await workshop.prove([hopeless], { baseUrl: indexed.url }))).toEqual([]);
    },
    minutes,
  );

  test(
    "without time nothing is tried, and the report says so; what is no worse is not even looked at",
    async () => {
      const outcome = await workshop.outcome("of-customer", indexed);
      const late = await workshop.prove([outcome], { deadline: 0 });
      expect(late.outcomes).toEqual([outcome]);
      expect(late.notes).toEqual([
        "fixes: 2 of 2 were not tried (for of-customer): the budget of 300 s was used up; raise `investigate.budgetSeconds`",
      ]);
      const fine: Outcome = { ...outcome, kind: "passed", findings: [] };
      expect(await workshop.prove([fine], { deadline: 0 })).toEqual({ outcomes: [fine], notes: [] });
    },
    minutes,
  );

  test(
    "an abort in the middle of a trial ends it, and its copy is dropped",
    async () => {
      const outcome = await workshop.outcome("of-customer", indexed);
      const before = await workshop.traces();
      const abort = new AbortController();
      const { databases } = workshop.build;
      const build = {
        ...workshop.build,
        databases: {
          ...databases,
          async clone() {
            const copy = await databases.clone();
            abort.abort();
            return copy;
          },
        },
      };
      await expect(workshop.prove([outcome], { build, signal: abort.signal })).rejects.toThrow(/abort/i);
      expect(await workshop.traces()).toEqual(before);
    },
    minutes,
  );
});
