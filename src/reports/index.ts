import { json } from "./json.js";
import { junitReport } from "./junit.js";
import { markdown } from "./markdown.js";
import type { Report } from "./report.js";
import { sarif } from "./sarif.js";
import { terminal } from "./terminal.js";

/** Every report, in the order the reference page lists them. The only place a report is registered. */
export const reports = [terminal, json, markdown, sarif, junitReport] as const satisfies readonly Report[];
