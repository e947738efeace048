import { approve } from "./approve.js";
import { matrix } from "./matrix.js";
import { nightly } from "./nightly.js";
import { simple } from "./simple.js";
import type { WorkflowTemplate } from "./template.js";
import { twoStage } from "./two-stage.js";
import { workflowCall } from "./workflow-call.js";

/** Every ready workflow, in the order they are listed; the first is what `init` writes. The only place one is registered. */
export const workflows = [
  simple,
  twoStage,
  approve,
  nightly,
  matrix,
  workflowCall,
] as const satisfies readonly WorkflowTemplate[];
