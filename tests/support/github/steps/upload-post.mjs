// The post step of upload.mjs: shows what the main step left it, and what of our own environment got through.
process.stdout.write(`state ${process.env["STATE_size"]}, stray ${process.env["STRAY"] ?? "none"}\n`);
