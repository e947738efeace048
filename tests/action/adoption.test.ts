import {
  addCollaborator,
  commitFiles,
  labelPull,
  mergePull,
  openPullRequest,
  pushToPull,
} from "../support/github/world.js";
import { afterCommands, dropIndex, project } from "./support/project.js";
import { beginStory } from "./support/story.js";

const required = ["plan-gate"];

test("from an empty repository to a required check, a red pull request, an approval and the queue", async () => {
  await using story = await beginStory({ "README.md": "# Shop\n" });
  const { fake } = story;
  addCollaborator(fake, "anna", "write");

  // The adoption: what `init` and `accept` write beside the team's migrations and seeds comes in one pull request.
  const { "plan-gate.yml": _, ...team } = project;
  const files = await afterCommands(team, [["init"], ["accept", "--quiet"]]);
  expect(Object.keys(files)).toEqual(
    expect.arrayContaining([".github/workflows/plan-gate.yml", "plan-gate.yml", "baselines/pg17/by-customer.yml"]),
  );
  const env = { PLAN_GATE_PROVIDER: "embedded" };
  const adoption = await openPullRequest(fake, { branch: "adopt", files });
  const first = await story.check(adoption.number, "opened", { env });
  expect(first).toMatchObject({ exitCode: 0, outputs: { verdict: "set-up", "exit-code": "0" } });
  expect(story.commentOn(adoption.number)).toMatch(/by-customer/);
  expect([...fake.state.labels.keys()]).toContain("plan-gate:approve");
  expect(await fake.mergeable(adoption.number, required)).toEqual({ mergeable: true, blockedBy: [] });
  await mergePull(fake, adoption.number);

  // A later pull request drops an index.
  const pull = await openPullRequest(fake, { branch: "tidy", files: dropIndex });
  const red = await story.check(pull.number, "opened", { env });
  expect(red).toMatchObject({ exitCode: 1, outputs: { verdict: "worse", blocked: "1" } });
  expect(story.commentOn(pull.number)).toContain("migrations/2_tidy.sql:2");
  expect(await fake.mergeable(pull.number, required)).toMatchObject({ mergeable: false });
  const [report] = fake.state.checkRuns.filter(
    ({ name, headSha }) => name === "plan-gate report" && headSha === pull.seenHead,
  );
  expect(report).toMatchObject({ status: "completed", conclusion: "failure" });
  expect(report?.annotations).toContainEqual(expect.objectContaining({ path: "migrations/2_tidy.sql", start_line: 2 }));

  // The author commits what `accept` writes: proposed, and waiting for somebody.
  const worse = await afterCommands({ ...files, ...dropIndex }, [["accept", "--quiet"]]);
  await pushToPull(fake, pull.number, worse);
  const waiting = await story.check(pull.number, "synchronize", { env });
  expect(waiting).toMatchObject({ exitCode: 1, outputs: { verdict: "worse" } });

  // A writer puts the label on, and the same head turns green, without a database.
  const labeled = await labelPull(fake, pull.number, "plan-gate:approve", { login: "anna" });
  const green = await story.replay(pull.number, labeled, { env });
  expect(green).toMatchObject({ exitCode: 0, outputs: { verdict: "pass", "approved-by": "anna" } });
  expect(green.stdout).not.toContain("Starting Postgres");
  expect(story.commentOn(pull.number)).toContain("`anna`");
  expect(await fake.mergeable(pull.number, required)).toEqual({ mergeable: true, blockedBy: [] });

  // Others merge meanwhile; the queue's own tree is judged, and the approval holds in it.
  await commitFiles(fake, "main", { "README.md": "# The shop\n" });
  const queued = await story.checkQueue(pull.number, undefined, { env });
  expect(queued).toMatchObject({ exitCode: 0 });
  await mergePull(fake, pull.number);
  expect(fake.problems).toEqual([]);
}, 180_000);
