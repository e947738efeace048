import { pins } from "./pins.js";
import { expression, openEnds, planGateStep, type WorkflowTemplate } from "./template.js";
import { concurrency, triggers } from "./triggers.js";

export const workflowCall: WorkflowTemplate = {
  id: "workflow-call",
  summary: "One workflow that others call: to keep it in one place for many repositories.",
  next: "After the merge, require the check `plan-gate / plan-gate` (source: GitHub Actions).",

  files: (setting) => [
    {
      path: ".github/workflows/plan-gate.yml",
      text: `# Calls the shared workflow. In another repository: uses: ORGANISATION/REPOSITORY/.github/workflows/plan-gate-shared.yml@HASH
name: plan-gate

${triggers}
permissions:
  contents: read
  pull-requests: write
  checks: write

${concurrency}
jobs:
  plan-gate:
    uses: ./.github/workflows/plan-gate-shared.yml
${setting.config === undefined ? "" : `    with:\n      config: ${JSON.stringify(setting.config)}\n`}`,
    },
    {
      path: ".github/workflows/plan-gate-shared.yml",
      text: `# The gate as a workflow that others call. It is not required itself: the job of its caller is.
${openEnds(setting)}name: plan-gate shared

on:
  workflow_call:
    inputs:
      config:
        description: Settings files, as paths or globs from the repository's top, one a line.
        type: string
        default: ""

permissions: {}

jobs:
  plan-gate:
    runs-on: ubuntu-latest
    timeout-minutes: 30
    permissions:
      contents: read
      pull-requests: write
      checks: write
    steps:
      - uses: ${pins.checkout}
        with:
          fetch-depth: 2
          persist-credentials: false
${planGateStep({ ...setting, config: undefined }, { config: expression("inputs.config") })}
`,
    },
  ],
};
