import { pins } from "./pins.js";
import { openEnds, planGateStep, type WorkflowTemplate } from "./template.js";
import { concurrency, triggers } from "./triggers.js";

export const twoStage: WorkflowTemplate = {
  id: "two-stage",
  summary: "What runs a pull request's SQL can write nothing; a second workflow tells. For forks and the careful.",
  next: "After the merge, require the status `plan-gate/verdict` (source: GitHub Actions), not the job.",

  files: (setting) => [
    {
      path: ".github/workflows/plan-gate.yml",
      text: `# First of two stages: plans the queries, and hands over what it found. Its token can only read.
# The second stage is plan-gate-report.yml.
${openEnds(setting)}name: plan-gate

${triggers}
permissions:
  contents: read

${concurrency}
jobs:
  evaluate:
    runs-on: ubuntu-latest
    timeout-minutes: 30
    steps:
      - uses: ${pins.checkout}
        with:
          fetch-depth: 2
          persist-credentials: false
${planGateStep(setting, { command: "evaluate" }, "gate")}
      - uses: ${pins.uploadArtifact}
        with:
          name: plan-gate-evaluation
          path: \${{ steps.gate.outputs.report-json }}
          if-no-files-found: error
          overwrite: true # the job may be run again
          retention-days: 7
`,
    },
    {
      path: ".github/workflows/plan-gate-report.yml",
      text: `# Second of two stages: reads what the first one handed over, and tells. It checks nothing out and runs nothing of the
# pull request; GitHub takes this file from the default branch, whatever a pull request does to it.
${openEnds(setting)}name: plan-gate report

on:
  workflow_run:
    workflows: [plan-gate]
    types: [completed]

permissions: {}

concurrency:
  # One after the other on a commit. What was cancelled has a group of its own, since it tells nothing and would replace who waits.
  group: plan-gate-report-\${{ github.event.workflow_run.head_sha }}-\${{ github.event.workflow_run.conclusion == 'cancelled' }}
  cancel-in-progress: false

jobs:
  report:
    # A run that a newer one replaced has nothing to hand over.
    if: github.event.workflow_run.conclusion != 'cancelled'
    runs-on: ubuntu-latest
    timeout-minutes: 10
    permissions:
      actions: read # the first stage's artifact
      contents: read # the settings on the base
      checks: write
      pull-requests: write
      statuses: write # plan-gate/verdict, the required one
    steps:
${planGateStep(setting, { command: "report" })}
`,
    },
  ],
};
