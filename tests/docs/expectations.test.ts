import { readFile } from "node:fs/promises";
import { startThrowawayServer } from "../postgres/support/throwaway-server.js";
import { dropIndex, makeRepository, shop } from "../proposals/support/repository.js";

test("the page's example of expectations says what the page says, and nothing while the index is there", async () => {
  const page = await readFile("docs/queries.md", "utf8");
  const section = /## What must be true[\s\S]*?(?=\n## )/.exec(page)?.[0] ?? "";
  const [, sql = ""] = /```sql\n([\s\S]*?)```/.exec(section) ?? [];
  const [, said = ""] = /```text\n([\s\S]*?)```/.exec(section) ?? [];
  const server = await startThrowawayServer(17);
  try {
    await using repository = await makeRepository({ ...shop, "queries/by-code.sql": sql }, server.url);
    const missed = async () => {
      const base = await repository.commit({});
      const { verdict } = await repository.judge(base);
      return verdict.outcomes.flatMap(({ name, findings }) =>
        findings.flatMap(({ rule, title }) =>
          name === "item-by-code" && rule === "expectation-missed" ? [title] : [],
        ),
      );
    };
    expect(await missed()).toEqual([]);
    await repository.commit(dropIndex);
    expect(await missed()).toEqual(said.trim().split("\n"));
  } finally {
    await server.stop();
  }
}, 120_000);
