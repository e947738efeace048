// The GitHub Action's post step: completes what a run that was killed left open.
const { cleanUp } = await import("./action/clean-up.js");
await cleanUp(process.env);
process.exit();
