import fc from "fast-check";
import type { Issue } from "../../src/github/github.js";
import { type IssueMarker, readMarker, subjectKey } from "../../src/nightly/issue-marker.js";
import { type IssueAction, planIssues } from "../../src/nightly/plan-issues.js";
import type { NightEvaluation } from "../../src/nightly/tonight.js";
import type { Outcome } from "../../src/verdict/verdict.js";
import { outcome } from "../support/verdicts.js";
import { asAccepted, byIndex, carriedOut, part, story, tonight, whole, worse } from "./support/nights.js";

const problem = { code: "migration-failed", message: "boom", hint: "Mend the migration." } as const;

/** Nights one after the other, on what is left of the ones before. */
function play() {
  let issues: readonly Issue[] = [];
  return {
    night(day: number, ...parts: readonly NightEvaluation[]): readonly IssueAction[] {
      const night = tonight(day, parts);
      const actions = planIssues(story(night), issues);
      issues = carriedOut(issues, actions, night.at);
      return actions;
    },
    change(number: number, change: Partial<Issue>) {
      issues = issues.map((issue) => (issue.number === number ? { ...issue, ...change } : issue));
    },
    get issues() {
      return issues;
    },
    get open() {
      return issues.filter(({ state }) => state === "open").map(({ number }) => number);
    },
  };
}

const kinds = (actions: readonly IssueAction[]) => actions.map(({ kind }) => kind);
const bad = (...names: readonly string[]) => part([asAccepted("steady"), ...names.map((name) => worse(name))]);
const good = (...names: readonly string[]) => part(["steady", ...names].map((name) => asAccepted(name)));
const manyNames = Array.from({ length: 11 }, (_, index) => `q${index}`);

test("a drift opens one issue, which the next nights edit without a word while it stays the same", () => {
  const world = play();
  expect(world.night(1, bad("a"))).toMatchObject([{ kind: "create", title: "Plan drift: a", label: "drift" }]);
  expect(kinds(world.night(2, bad("a")))).toEqual(["edit"]);
  expect(world.issues[0]?.body).toContain("First seen 2026-11-01, state of 2026-11-02");
});

test("what costs other figures by the same plan is no change of state", () => {
  const world = play();
  world.night(1, part([worse("a", { after: whole(2_000) })]));
  expect(kinds(world.night(2, part([worse("a", { after: whole(3_000) })])))).toEqual(["edit"]);
});

test("a drift into yet another plan is commented on, once", () => {
  const world = play();
  world.night(1, bad("a"));
  const other = part([outcome("improved", "a", { before: whole(), after: byIndex() })]);
  const actions = world.night(2, other);
  expect(kinds(actions)).toEqual(["edit", "comment"]);
  expect(actions[1]).toMatchObject({ body: expect.stringContaining("`a` is planned better than accepted") });
  expect(kinds(world.night(3, other))).toEqual(["edit"]);
});

test("two clean nights close it, and two runs on one day are one night", () => {
  const world = play();
  world.night(1, bad("a"));
  expect(kinds(world.night(2, good("a")))).toEqual(["edit"]);
  expect(world.night(2, good("a"))).toEqual([]);
  expect(world.open).toEqual([1]);
  expect(world.night(3, good("a"))).toMatchObject([{ kind: "edit", change: { state: "closed" } }, { kind: "comment" }]);
  expect(world.night(4, good("a"))).toEqual([]);
});

test("a drift between two clean nights begins the count anew", () => {
  const world = play();
  for (const [index, night] of [bad("a"), good("a"), bad("a"), good("a")].entries()) world.night(index + 1, night);
  expect(world.open).toEqual([1]);
  world.night(5, good("a"));
  expect(world.open).toEqual([]);
});

test("a night that could not judge the query is neither clean nor a drift", () => {
  const world = play();
  world.night(1, bad("a"));
  world.night(2, good("a"));
  world.night(3, part([], { problems: [problem] }));
  world.night(4, part([outcome("incomparable", "a", { before: byIndex(), after: byIndex() })]));
  expect(world.open).toContain(1);
  world.night(5, good("a"));
  expect(world.open).not.toContain(1);
});

test("a major that failed keeps the issue of another major from being called changed or clean", () => {
  const world = play();
  const failed = part([], { major: 16, problems: [problem] });
  world.night(1, bad("a"), part([worse("a")], { major: 16 }));
  expect(world.night(2, bad("a"), failed).filter(({ kind }) => kind === "comment")).toEqual([]);
  world.night(3, good("a"), failed);
  world.night(4, good("a"), failed);
  expect(world.issues[0]?.state).toBe("open");
});

test("a query that is not watched any more is clean", () => {
  const world = play();
  world.night(1, bad("a"));
  world.night(2, good());
  world.night(3, good());
  expect(world.open).toEqual([]);
});

test.each([
  [13, 1],
  [14, 2],
])("back on day %i, an issue closed on day 3 makes it %i issues", (day, count) => {
  const world = play();
  world.night(1, bad("a"));
  world.night(2, good("a"));
  world.night(3, good("a"));
  const actions = world.night(day, bad("a"));
  expect(kinds(actions)).toEqual(count === 1 ? ["edit", "comment"] : ["create"]);
  expect(world.issues).toHaveLength(count);
  expect(world.open).toEqual([count]);
});

test("an issue labelled `keep-open` stays open however clean the nights are", () => {
  const world = play();
  world.night(1, bad("a"));
  world.change(1, { labels: ["plan-gate:drift", "keep-open"] });
  for (const day of [2, 3, 4]) world.night(day, good("a"));
  expect(world.open).toEqual([1]);
  expect(world.night(5, good("a"))).toEqual([]);
});

test("an issue that a person opened again is closed after two more clean nights", () => {
  const world = play();
  world.night(1, bad("a"));
  world.night(2, good("a"));
  world.night(3, good("a"));
  world.change(1, { state: "open", closedAt: null });
  world.night(4, good("a"));
  expect(world.open).toEqual([1]);
  world.night(5, good("a"));
  expect(world.open).toEqual([]);
});

test("an issue labelled `quiet` is never commented on", () => {
  const world = play();
  world.night(1, bad("a"));
  world.change(1, { labels: ["plan-gate:drift", "quiet"] });
  const said = [
    world.night(2, part([outcome("improved", "a", { before: whole(), after: byIndex() })])),
    world.night(3, good("a")),
    world.night(4, good("a")),
    world.night(5, bad("a")),
  ].flat();
  expect(said.length).toBeGreaterThan(3);
  expect(kinds(said)).not.toContain("comment");
});

test("ten drifts are ten issues, eleven are one", () => {
  expect(kinds(play().night(1, bad(...manyNames.slice(0, 10))))).toHaveLength(10);
  expect(play().night(1, bad(...manyNames))).toMatchObject([{ kind: "create", title: "Plan drift: 11 queries" }]);
});

test("a drift with an issue of its own keeps it when many others join", () => {
  const world = play();
  world.night(1, bad("q3"));
  world.night(2, bad(...manyNames));
  expect(world.open).toEqual([1, 2]);
  expect(world.issues[1]?.title).toBe("Plan drift: 10 queries");
});

test("what shares an issue shares it until all of it is clean", () => {
  const world = play();
  world.night(1, bad(...manyNames));
  world.night(2, bad("q1"));
  world.night(3, good(...manyNames));
  expect(world.open).toEqual([1]);
  world.night(4, good(...manyNames));
  expect(world.open).toEqual([]);
});

test("a night that could not run is an issue of another kind, closed after two that could", () => {
  const world = play();
  const failed = part([], { problems: [problem] });
  expect(world.night(1, failed)).toMatchObject([{ kind: "create", label: "failure" }]);
  expect(kinds(world.night(2, failed))).toEqual(["edit"]);
  world.night(3, good());
  world.night(4, good());
  expect(world.open).toEqual([]);
});

test("of two issues about one drift the newer is closed", () => {
  const world = play();
  world.night(1, bad("a"));
  const twin = { ...(world.issues[0] as Issue), number: 2 };
  const actions = planIssues(story(tonight(1, [bad("a")])), [...world.issues, twin]);
  expect(actions).toMatchObject([
    { kind: "edit", number: 2, change: { state: "closed" } },
    { kind: "comment", number: 2, body: expect.stringContaining("issues/1") },
  ]);
});

test("an issue whose first line somebody took away is left alone", () => {
  const world = play();
  world.night(1, bad("a"));
  world.change(1, { body: "mine now" });
  expect(world.night(2, bad("a"))).toMatchObject([{ kind: "create" }]);
});

test("line ends that a browser changed are no difference", () => {
  const world = play();
  world.night(1, bad("a"));
  world.change(1, { body: `${world.issues[0]?.body.replaceAll("\n", "\r\n")}\r\n` });
  expect(world.night(1, bad("a"))).toEqual([]);
});

const names = Array.from({ length: 14 }, (_, index) => `q${index}`);

const fate = fc.constantFrom<(name: string) => Outcome>(
  (name) => asAccepted(name),
  (name) => asAccepted(name),
  (name) => worse(name),
  (name) => worse(name, { case: "hot" }),
  (name) => outcome("improved", name, { before: whole(), after: byIndex() }),
  (name) => outcome("broken", name, { before: byIndex() }),
  (name) => outcome("incomparable", name, { before: byIndex() }),
);

const anyNight = fc.record({
  days: fc.integer({ min: 0, max: 12 }),
  fates: fc.array(fate, { minLength: names.length, maxLength: names.length }),
  watched: fc.integer({ min: 0, max: names.length }),
  failed: fc.boolean(),
  /** What a person does to an issue before the next night. */
  meddling: fc.option(
    fc.record({
      issue: fc.nat({ max: 30 }),
      labels: fc.subarray(["keep-open", "quiet"]),
      state: fc.constantFrom("open", "closed"),
    }),
  ),
});

test("whatever nights come and people do: done twice changes nothing, one open issue a drift, quiet is quiet", () => {
  fc.assert(
    fc.property(fc.array(anyNight, { maxLength: 10 }), (nights) => {
      let issues: readonly Issue[] = [];
      let day = 1;
      for (const { days, fates, watched, failed, meddling } of nights) {
        day += days;
        const outcomes = names.slice(0, watched).map((name, index) => fates[index]?.(name) ?? asAccepted(name));
        const night = tonight(day, [part(outcomes, failed ? { problems: [problem] } : {})]);
        const told = story(night);
        const actions = planIssues(told, issues);
        const quiet = new Set(issues.filter(({ labels }) => labels.includes("quiet")).map(({ number }) => number));
        expect(actions.filter((one) => one.kind === "comment" && quiet.has(one.number))).toEqual([]);
        issues = carriedOut(issues, actions, night.at);

        expect(planIssues(told, issues)).toEqual([]);
        const open = issues.filter(({ state }) => state === "open");
        const subjects = open.map(({ body }) => subjectKey(readMarker(body) as IssueMarker));
        expect(new Set(subjects).size).toBe(subjects.length);
        for (const { query } of told.drifts) {
          const own = open.filter(({ title }) => title === `Plan drift: ${query}`);
          const shared = open.filter(
            ({ body }) => readMarker(body)?.about === "drifts" && body.includes(`\`${query}\``),
          );
          expect([query, own.length + shared.length]).toEqual([query, 1]);
        }
        if (meddling) {
          const { issue, labels, state } = meddling;
          const closedAt = state === "closed" ? night.at : null;
          issues = issues.map((one) =>
            one.number === issue + 1 ? { ...one, labels: [...one.labels, ...labels], state, closedAt } : one,
          );
        }
      }
    }),
    { numRuns: 100 },
  );
});
