import { addCollaborator, labelPull, openPullRequest, pushToPull } from "../support/github/world.js";
import { baselinesOf, dropIndex, laxSettings, project } from "./support/project.js";
import { beginStory } from "./support/story.js";

const settings = project["plan-gate.yml"] ?? "";

describe("what a pull request changes about how it is judged", () => {
  test("does not count: rules, strictness, enforcement and approvers are the base's", async () => {
    await using story = await beginStory();
    const { fake } = story;
    addCollaborator(fake, "mallory", "read");
    const query =
      "-- name: by-customer\n-- rules: { index-scan-lost: off, cost-increased: off }\nSELECT * FROM orders WHERE customer = 7;\n";
    const pull = await openPullRequest(fake, {
      branch: "lax",
      author: { login: "mallory" },
      files: { ...dropIndex, ...laxSettings, "queries/by-customer.sql": query },
    });
    expect(await story.check(pull.number, "opened")).toMatchObject({ exitCode: 1, outputs: { verdict: "worse" } });
    const comment = story.commentOn(pull.number) ?? "";
    expect(comment).toContain("changes `rules`, `enforce`, `approval` in `plan-gate.yml`");
    expect(comment).toContain("changes the `rules` in the query's header");

    // Who may approve by the pull request's own word may not.
    const labeled = await labelPull(fake, pull.number, "plan-gate:approve", { login: "mallory" });
    expect(await story.replay(pull.number, labeled)).toMatchObject({ exitCode: 1, outputs: { "approved-by": "" } });

    // Without the index being dropped the new rules wait for somebody who may.
    await pushToPull(fake, pull.number, { "migrations/2_tidy.sql": null });
    const waits = await story.check(pull.number, "synchronize");
    expect(waits).toMatchObject({ exitCode: 1, outputs: { verdict: "environment changed" } });
    addCollaborator(fake, "anna", "write");
    const approved = await story.replay(
      pull.number,
      await labelPull(fake, pull.number, "plan-gate:approve", { login: "anna" }),
    );
    expect(approved).toMatchObject({ exitCode: 0, outputs: { verdict: "pass", "approved-by": "anna" } });
    expect(await fake.mergeable(pull.number, ["plan-gate"])).toMatchObject({ mergeable: true });
    expect(fake.problems).toEqual([]);
  }, 180_000);

  test("a baseline that says something else than the plan made here is refused, be it too high or too low, label or not", async () => {
    await using story = await beginStory();
    const { fake } = story;
    addCollaborator(fake, "anna", "write");
    const path = "baselines/pg17/by-customer.yml";
    const accepted = (await baselinesOf(project))[path] ?? "";
    const tooHigh = accepted.replace("4.6..84.1 rows=40)", "4.6..8410 rows=40)");
    expect(tooHigh).not.toBe(accepted);
    const high = await openPullRequest(fake, { branch: "high", files: { [path]: tooHigh } });
    expect(await story.check(high.number, "opened")).toMatchObject({ exitCode: 1, outputs: { verdict: "worse" } });
    expect(story.commentOn(high.number)).toContain("proposes a baseline that the plan made here disagrees with");

    const worse = (await baselinesOf({ ...project, ...dropIndex }))[path] ?? "";
    const tooLow = worse.replace("0..359 rows=40)", "0..35.9 rows=40)");
    expect(tooLow).not.toBe(worse);
    const low = await openPullRequest(fake, { branch: "low", files: { ...dropIndex, [path]: tooLow } });
    expect(await story.check(low.number, "opened")).toMatchObject({ exitCode: 1, outputs: { verdict: "worse" } });
    const labeled = await labelPull(fake, low.number, "plan-gate:approve", { login: "anna" });
    expect(await story.replay(low.number, labeled)).toMatchObject({ exitCode: 1, outputs: { verdict: "worse" } });
    expect(fake.problems).toEqual([]);
  }, 180_000);

  test.each<[string, Record<string, string | null>, string, RegExp]>([
    [
      "another server setting",
      { "plan-gate.yml": settings.replace("17,", "17, settings: { enable_indexscan: off, enable_bitmapscan: off },") },
      "worse",
      /changes `postgres.settings`/,
    ],
    [
      "a session file",
      { "plan-gate.yml": `${settings}explain: { session: s.sql }\n`, "s.sql": "SET enable_indexscan = off;\n" },
      "environment changed",
      /changes `explain.session`/,
    ],
    [
      "an existing seed",
      { "seeds/orders.sql": "INSERT INTO orders SELECT i, i % 500, i % 997 FROM generate_series(1, 300) AS i;\n" },
      "environment changed",
      /changes the seed file `seeds\/orders.sql`/,
    ],
    [
      "another name for a query",
      {
        "queries/by-customer.sql": null,
        "queries/of-customer.sql": project["queries/by-customer.sql"] ?? "",
        ...dropIndex,
      },
      // A query of another name is a new one, and looks wrong by itself.
      "worse",
      /renames the query to `of-customer`/,
    ],
    [
      "one query less, with its baseline",
      { "queries/by-customer.sql": null, "baselines/pg17/by-customer.yml": null, ...dropIndex },
      "environment changed",
      /removes the query/,
    ],
    ["a baseline less", { "baselines/pg17/by-total.yml": null }, "environment changed", /removes the baseline/],
    [
      "no settings file any more",
      { "plan-gate.yml": null, ...dropIndex },
      "environment changed",
      /removes `plan-gate.yml`/,
    ],
    [
      "baselines elsewhere",
      { "plan-gate.yml": `${settings}baselines: accepted\n`, ...dropIndex },
      "worse",
      /changes `baselines` in `plan-gate.yml`/,
    ],
    [
      "baselines where GitHub keeps its workflows",
      { "plan-gate.yml": `${settings}baselines: .github/workflows\n` },
      "could not run",
      /must not lie in `.github`/,
    ],
  ])(
    "is shown and waits, or is refused: %s",
    async (_, files, verdict, shown) => {
      await using story = await beginStory();
      const pull = await openPullRequest(story.fake, { branch: "change", files });
      const run = await story.check(pull.number, "opened");
      expect(run).toMatchObject({ exitCode: verdict === "could not run" ? 2 : 1, outputs: { verdict } });
      expect(story.commentOn(pull.number)).toMatch(shown);
      expect(story.reportOn(pull.seenHead)).toMatchObject({ conclusion: "failure" });
      expect(story.fake.problems).toEqual([]);
    },
    60_000,
  );
});
