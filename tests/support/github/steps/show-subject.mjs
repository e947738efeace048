// A step that shows what the runner says the run is about.
const names = ["GITHUB_SHA", "GITHUB_REF", "GITHUB_HEAD_REF", "GITHUB_BASE_REF", "INPUT_GITHUB-TOKEN"];
process.stdout.write(JSON.stringify(Object.fromEntries(names.map((name) => [name, process.env[name]]))));
