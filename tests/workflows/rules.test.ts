import { readFileSync } from "node:fs";
import { load } from "js-yaml";
import { everyWorkflow, isPlanGate, type Job, own, ready, stepsOf } from "./support/workflows.js";

const actionInputs = Object.keys((load(readFileSync("action.yml", "utf8")) as { inputs: object }).inputs);

/** Workflows that some branch protection requires: the job in them has to report, whatever happens. */
const required = everyWorkflow.filter(({ yaml }) => "merge_group" in yaml.on);

test("there are ready workflows and own ones", () => {
  expect(own.map(({ name }) => name.split("/").at(-1)).sort()).toEqual([
    "ci.yml",
    "dist.yml",
    "gate.yml",
    "nightly.yml",
    "release.yml",
  ]);
  expect(ready).toHaveLength(16);
});

describe.each(everyWorkflow)("$name", (workflow) => {
  const { text, yaml } = workflow;
  const steps = stepsOf(workflow);

  test("names every action by its full hash with a version as a comment, or by a path of the repository", () => {
    const uses = [...text.matchAll(/^[ -]*uses: (.*)$/gm)].map(([, value = ""]) => value);
    expect(uses.length).toBeGreaterThan(0);
    for (const value of uses) expect(value).toMatch(/^(\.\/[\w./-]*|[\w-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/);
  });

  test("gives every job its permissions, or none, and no secret but those it names", () => {
    expect(yaml.permissions).toBeDefined();
    for (const job of Object.values(yaml.jobs)) {
      expect(Object.keys(yaml.permissions).length > 0 || job.permissions !== undefined).toBe(true);
    }
    expect(text).not.toMatch(/secrets: inherit|write-all|read-all/);
  });

  test("puts nothing that an event carries into a script", () => {
    for (const { run = "" } of steps) expect(run).not.toContain("${{");
  });

  test("leaves no token behind in a checkout", () => {
    for (const step of steps.filter(({ uses = "" }) => uses.startsWith("actions/checkout@"))) {
      expect(step.with).toMatchObject({ "persist-credentials": false });
    }
  });

  test("gives plan-gate only inputs that it has", () => {
    const given = steps.filter(isPlanGate).flatMap(({ with: inputs = {} }) => Object.keys(inputs));
    expect(actionInputs).toEqual(expect.arrayContaining(given));
  });

  test("never lets a job that runs a pull request's code write to the repository", () => {
    for (const job of Object.values(yaml.jobs).filter(checksOut)) {
      expect(job.permissions ?? yaml.permissions).not.toMatchObject({ contents: "write" });
    }
  });
});

function checksOut({ steps = [] }: Job): boolean {
  return steps.some(({ uses = "" }) => uses.startsWith("actions/checkout@"));
}

describe("a workflow with the required check", () => {
  test("is the gate's own, or simple, two-stage, matrix or workflow-call", () => {
    const names = required.map(({ name }) => name.split(":")[0]);
    expect([...new Set(names)].sort()).toEqual([
      ".github/workflows/gate.yml",
      "matrix",
      "simple",
      "two-stage",
      "workflow-call",
    ]);
  });

  test.each(required)("$name runs for every pull request, and in the queue", ({ yaml }) => {
    expect(yaml.on["merge_group"]).toBeNull();
    expect(yaml.on["pull_request"]).toEqual({
      types: ["opened", "synchronize", "reopened", "edited", "labeled", "unlabeled"],
    });
  });

  test.each(required)("$name skips no job: a skipped one would count as passed", ({ yaml }) => {
    for (const job of Object.values(yaml.jobs)) expect([undefined, "always()"]).toContain(job.if);
  });

  test.each(required)("$name cancels an evaluation for a new push, never for a label", ({ yaml }) => {
    expect(yaml.concurrency).toEqual({
      group: `plan-gate-\${{ github.event.pull_request.number || github.ref }}`,
      "cancel-in-progress": `\${{ github.event.action == 'synchronize' }}`,
    });
  });
});

describe("a workflow that may write while a stranger's pull request is open", () => {
  const privileged = everyWorkflow.filter(({ yaml }) => "pull_request_target" in yaml.on || "workflow_run" in yaml.on);

  test("is the report of two stages, or the bot that commits", () => {
    expect(new Set(privileged.map(({ name }) => name.split(":")[0]))).toEqual(new Set(["two-stage", "approve"]));
  });

  test.each(privileged)("$name checks nothing out and runs no script", (workflow) => {
    for (const step of stepsOf(workflow)) {
      expect(step.run).toBeUndefined();
      expect(step.uses).toMatch(/^(acme\/plan-gate|actions\/create-github-app-token)@/);
    }
  });

  test.each(privileged)("$name lets nothing that runs be cancelled", ({ yaml }) => {
    expect(yaml.concurrency).toMatchObject({ "cancel-in-progress": false });
  });
});

test("of one action there is one version", () => {
  const versions = new Map<string, Set<string>>();
  for (const { text } of everyWorkflow) {
    for (const [, action = "", pin = ""] of text.matchAll(/uses: ([\w-]+\/[\w./-]+)@(.*)$/gm)) {
      versions.set(action, (versions.get(action) ?? new Set()).add(pin));
    }
  }
  expect([...versions].filter(([, pins]) => pins.size > 1)).toEqual([]);
});

test("the simple workflow is the published one, with hashes", () => {
  const byTag = (ready[0]?.text ?? "").replaceAll(/@[0-9a-f]{40} # (v\d+)\S*/g, "@$1");
  expect(load(byTag)).toEqual(
    load(`
name: plan-gate
on:
  merge_group:
  pull_request:
    types: [opened, synchronize, reopened, edited, labeled, unlabeled]
permissions: { contents: read, pull-requests: write, checks: write }
concurrency:
  group: plan-gate-\${{ github.event.pull_request.number || github.ref }}
  cancel-in-progress: \${{ github.event.action == 'synchronize' }}
jobs:
  plan-gate:
    runs-on: ubuntu-latest
    steps:
      - { uses: actions/checkout@v7, with: { fetch-depth: 2, persist-credentials: false } }
      - uses: acme/plan-gate@v1
`),
  );
});

test("nothing is granted to all jobs of a workflow that may write to the repository", () => {
  for (const { yaml } of own) expect(yaml.permissions).toEqual({});
  for (const { yaml } of ready) expect(yaml.permissions).not.toMatchObject({ contents: "write" });
});

test("jobs of ours end by themselves", () => {
  for (const { yaml } of own) {
    for (const job of Object.values(yaml.jobs)) if (!job.uses) expect(job["timeout-minutes"]).toBeGreaterThan(0);
  }
});
