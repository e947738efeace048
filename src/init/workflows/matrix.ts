import { pins } from "./pins.js";
import { expression, openEnds, planGateStep, type WorkflowTemplate } from "./template.js";
import { concurrency, triggers } from "./triggers.js";

export const matrix: WorkflowTemplate = {
  id: "matrix",
  summary: "Several PostgreSQL versions, or so many queries that jobs share them.",
  next: "Set your versions, in both places; after the merge, require the check `plan-gate` (source: GitHub Actions).",

  files: (setting) => [
    {
      path: ".github/workflows/plan-gate.yml",
      text: `# Plans the queries on several versions of PostgreSQL, each in several jobs; one last job tells and gates.
${openEnds(setting)}name: plan-gate

${triggers}
permissions:
  contents: read

${concurrency}
jobs:
  evaluate:
    strategy:
      fail-fast: false
      matrix:
        postgres: [17, 18] # and below, in the last job
        shard: [1/2, 2/2]
    runs-on: ubuntu-latest
    timeout-minutes: 30
    permissions:
      contents: read
      pull-requests: read # where else the same commit is to be merged
    steps:
      - uses: ${pins.checkout}
        with:
          fetch-depth: 2
          persist-credentials: false
${planGateStep(
  setting,
  { command: "evaluate", "postgres-version": expression("matrix.postgres"), shard: expression("matrix.shard") },
  "gate",
)}
      - uses: ${pins.uploadArtifact}
        with:
          name: plan-gate-evaluation-\${{ strategy.job-index }}
          path: \${{ steps.gate.outputs.report-json }}
          if-no-files-found: error
          overwrite: true # the job may be run again
          retention-days: 7

  plan-gate:
    needs: evaluate
    # Also after a job that failed: a required check that is skipped counts as passed.
    if: always()
    runs-on: ubuntu-latest
    timeout-minutes: 10
    permissions:
      actions: read # what the jobs handed over
      contents: read
      checks: write
      pull-requests: write
    steps:
${planGateStep(setting, { command: "report", "postgres-version": "17, 18" })}
`,
    },
  ],
};
