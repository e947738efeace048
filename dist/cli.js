#!/usr/bin/env node
import { createRequire as __cr } from 'node:module'; const require = __cr(import.meta.url);
var major=Number(process.versions.node.split(".")[0]);major<24?(process.stderr.write(`plan-gate: this is Node ${process.versions.node}, and plan-gate needs Node 24 or later
  Install it, or put it first on the PATH (in a workflow: actions/setup-node).
`),process.exitCode=2):await import("./chunks/program-T6SCAX5P.js");
