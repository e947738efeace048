import { pins } from "./pins.js";
import { openEnds, planGateStep, type WorkflowTemplate } from "./template.js";
import { concurrency, triggers } from "./triggers.js";

export const simple: WorkflowTemplate = {
  id: "simple",
  summary: "One job that plans, tells and gates. For a team that trusts who can push.",
  next: "After the merge, require the check `plan-gate` (source: GitHub Actions).",

  files: (setting) => [
    {
      path: ".github/workflows/plan-gate.yml",
      text: `# Compares the plans of the watched queries with the accepted ones, on every pull request.
${openEnds(setting)}name: plan-gate

${triggers}
permissions:
  contents: read
  pull-requests: write # the comment and the label
  checks: write # annotations, and the record of approvals

${concurrency}
jobs:
  plan-gate:
    runs-on: ubuntu-latest
    steps:
      - uses: ${pins.checkout}
        with:
          fetch-depth: 2 # the merge commit and its parents, one of which is the base
          persist-credentials: false
${planGateStep(setting)}
`,
    },
  ],
};
