import type { GitHub } from "../github/github.js";
import { names } from "./names.js";
import { keepCheckRun } from "./states.js";
import type { Step } from "./step.js";
import { asked, type Subject } from "./subject.js";

/** Puts the check run in progress, and leaves its id to the post step, which completes it if this step is killed. */
export async function startReport(github: GitHub, { commits }: Subject, step: Step): Promise<number | undefined> {
  const run = await asked(step, `start the check run \`${names.report}\``, () =>
    github.createCheckRun({
      name: names.report,
      headSha: commits.head,
      status: "in_progress",
      title: "Planning the queries",
      summary: "The verdict follows in about a minute.",
    }),
  );
  if (run) keepCheckRun(run.id);
  return run?.id;
}
