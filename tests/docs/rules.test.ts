import { readFileSync } from "node:fs";
import { connect } from "../../src/database/connect.js";
import { rules } from "../../src/rules/index.js";
import { startThrowawayServer, testedMajors } from "../postgres/support/throwaway-server.js";

const page = readFileSync("docs/rules.md", "utf8");
const sections = page.split(/^### /m).slice(1);
const headings = sections.map((section) => section.split("\n")[0] ?? "");

test("every rule has its section, and no section is of another", () => {
  const named = headings.flatMap((heading) => [...heading.matchAll(/`([^`]+)`/g)].map(([, id = ""]) => id));
  expect(named.toSorted()).toEqual(rules.map(({ id }) => id).toSorted());
});

test.each(headings.map((heading, index) => ({ heading, section: sections[index] ?? "" })))(
  "$heading: an example, and what to do about an error",
  ({ heading, section }) => {
    expect(section).toContain("**Example.**");
    const blocks = rules.some(({ id, defaultSeverity }) => heading.includes(`\`${id}\``) && defaultSeverity !== "info");
    if (blocks) {
      for (const part of ["**Why.**", "**Look first.**", "**Mostly mended by**"]) expect(section).toContain(part);
    }
  },
);

test.each(testedMajors)("every diagnostic query runs on PostgreSQL %i", async (major) => {
  const server = await startThrowawayServer(major);
  try {
    await using client = await connect(server.url);
    await client.query(
      "CREATE TABLE orders (id int, tenant_id int, created_at date, PRIMARY KEY (id, created_at)) PARTITION BY RANGE (created_at)",
    );
    const queries = [...page.matchAll(/```sql\n(.*?)```/gs)].map(([, sql = ""]) => sql);
    expect(queries.length).toBeGreaterThan(10);
    for (const sql of queries) await client.query(sql);
  } finally {
    await server.stop();
  }
});
