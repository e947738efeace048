// A step that uses what a runner gives it: uploads $INPUT_FILE with the toolkit, writes an output, a summary, a state.
import { dirname } from "node:path";
import { DefaultArtifactClient } from "@actions/artifact";
import * as core from "@actions/core";

const file = core.getInput("file");
const { id, size } = await new DefaultArtifactClient().uploadArtifact("evaluation", [file], dirname(file));
core.setOutput("artifact-id", id);
core.setOutput("lines", "one\ntwo");
core.saveState("size", size);
await core.summary.addRaw("uploaded").write();
