import { pins } from "./pins.js";
import { expression, openEnds, planGateStep, type WorkflowTemplate } from "./template.js";

export const approve: WorkflowTemplate = {
  id: "approve",
  summary: "Beside another one: once the label is on, commits the new baselines for the author.",
  next: "Set `approval: {baselines: bot}` in plan-gate.yml, and store an App's client id and key as the secrets PLAN_GATE_APP_CLIENT_ID and PLAN_GATE_APP_KEY.",

  files: (setting) => [
    {
      path: ".github/workflows/plan-gate-approve.yml",
      text: `# Commits the new baselines to a pull request once somebody has put the approval label on.
# Runs on pull_request_target, with a token that can write: so it checks nothing out and runs nothing of the pull request.
${openEnds(setting)}name: plan-gate approve

on:
  pull_request_target:
    types: [labeled]

permissions: {}

concurrency:
  group: plan-gate-approve-\${{ github.event.pull_request.number }}
  cancel-in-progress: false

jobs:
  approve:
    runs-on: ubuntu-latest
    timeout-minutes: 10
    permissions:
      contents: read
      pull-requests: read
      checks: write # keeps what was approved
      statuses: write
    steps:
      # A commit by the job's own token starts no checks until somebody clicks. So an App commits: one of yours, installed
      # on this repository, with the permission "Contents: write" and no other.
      - id: app
        uses: ${pins.appToken}
        with:
          client-id: \${{ secrets.PLAN_GATE_APP_CLIENT_ID }}
          private-key: \${{ secrets.PLAN_GATE_APP_KEY }}
          permission-contents: write
${planGateStep(setting, { command: "approve", "commit-token": expression("steps.app.outputs.token") })}
`,
    },
  ],
};
