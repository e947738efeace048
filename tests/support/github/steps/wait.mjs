// A step that waits to be cancelled, and then ends by itself.
process.on("SIGINT", () => process.exit(130));
process.stdout.write("waiting\n");
setTimeout(() => {}, 60_000);
