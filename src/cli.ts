#!/usr/bin/env node
// Small and old-fashioned, so that an old Node can read it and say what is wrong instead of failing on new syntax.
const major = Number(process.versions.node.split(".")[0]);
if (major < 24) {
  process.stderr.write(
    `plan-gate: this is Node ${process.versions.node}, and plan-gate needs Node 24 or later\n  Install it, or put it first on the PATH (in a workflow: actions/setup-node).\n`,
  );
  process.exitCode = 2;
} else {
  await import("./program.js");
}
