import { type Definitions, noDefinitions } from "../../src/fixes/definition-facts.js";
import { proposeSettings } from "../../src/fixes/propose-settings.js";
import { factsOf } from "../../src/fixes/schema-facts.js";

const server = [{ name: "work_mem", value: "4MB", bySystem: false }];
const stored = (role: string | null, inDatabase: boolean, value = "64kB") => ({
  ...{ role, inDatabase, name: "work_mem", value },
});

function undone(before: Partial<Definitions>, now: Partial<Definitions>) {
  const facts = (some: Partial<Definitions>) => factsOf([], { ...noDefinitions, server, ...some });
  return proposeSettings(facts(before), facts(now)).map(({ candidate }) => candidate);
}

test("a role's setting is taken back, and on the copy overruled for that database alone", () => {
  const [one, ...others] = undone({}, { stored: [stored("app", false)] });
  expect(others).toEqual([]);
  expect([one?.title, one?.sql]).toEqual([
    "takes `work_mem` back from the role `app`",
    "ALTER ROLE app RESET work_mem;",
  ]);
  expect(one?.statements).toEqual([
    "DO $do$ BEGIN EXECUTE pg_catalog.format('ALTER ROLE app IN DATABASE %I SET work_mem = ''4MB''', pg_catalog.current_database()); END $do$",
  ]);
});

test("the database's is given without its name, which differs from server to server", () => {
  const [one] = undone({ stored: [stored(null, true, "8MB")] }, { stored: [stored(null, true)] });
  expect(one?.title).toBe("gives the database `work_mem = 8MB` again");
  expect(one?.sql).toBe(
    "DO $do$ BEGIN EXECUTE pg_catalog.format('ALTER DATABASE %I SET work_mem = ''8MB''', pg_catalog.current_database()); END $do$;",
  );
  expect(one?.statements).toEqual([one?.sql.slice(0, -1)]);
});

test("the server's comes back where ALTER SYSTEM changed it, and not where the settings file did", () => {
  const now = (bySystem: boolean) => ({ server: [{ name: "work_mem", value: "64kB", bySystem }] });
  expect(undone({}, now(true))[0]?.sql).toBe("ALTER SYSTEM RESET work_mem; SELECT pg_reload_conf();");
  expect(undone({}, now(false))).toEqual([]);
});

test("what is the same is left alone", () => {
  expect(undone({ stored: [stored("app", false)] }, { stored: [stored("app", false)] })).toEqual([]);
});
