import { pins } from "./pins.js";
import { openEnds, planGateStep, type WorkflowTemplate } from "./template.js";

export const nightly: WorkflowTemplate = {
  id: "nightly",
  summary: "Beside another one: plans everything every night, and keeps an issue for what drifted.",
  next: "Start it once by hand: Actions, plan-gate nightly, Run workflow.",

  files: (setting) => [
    {
      path: ".github/workflows/plan-gate-nightly.yml",
      text: `# Plans every query every night. What differs from the accepted plans becomes an issue, and the issue is closed again.
${openEnds(setting)}name: plan-gate nightly

on:
  schedule:
    # An odd minute: at full hours GitHub is late, and drops runs. It also stops after 60 days without a commit.
    - cron: "23 3 * * *"
  workflow_dispatch:

permissions: {}

concurrency:
  group: plan-gate-nightly
  cancel-in-progress: false

jobs:
  # Migrations and seeds run in this job, so its token can only read.
  evaluate:
    runs-on: ubuntu-latest
    timeout-minutes: 120
    permissions:
      contents: read
    steps:
      - uses: ${pins.checkout}
        with:
          persist-credentials: false
${planGateStep(setting, { command: "evaluate" }, "gate")}
      - uses: ${pins.uploadArtifact}
        with:
          name: plan-gate-evaluation
          path: \${{ steps.gate.outputs.report-json }}
          if-no-files-found: error
          overwrite: true # the job may be run again
          retention-days: 7

  # Runs nothing of the repository, so it may write: the issues, and the branch plan-gate-history.
  nightly:
    needs: evaluate
    # Also after a job that failed: that is told as well.
    if: always()
    runs-on: ubuntu-latest
    timeout-minutes: 10
    permissions:
      actions: read # what the job above handed over
      contents: write # the history
      issues: write
    steps:
${planGateStep(setting, { command: "nightly" })}
`,
    },
  ],
};
