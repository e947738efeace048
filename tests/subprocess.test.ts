import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type CommandRequest, connectionEnvironment, runCommand } from "../src/subprocess.js";

const url = "postgres://owner:p%40ss-word-7@127.0.0.1:5433/plan_gate";

function request(command: string, change: Partial<CommandRequest> = {}): CommandRequest {
  return {
    command,
    setting: "seed.command",
    code: "seed-failed",
    cwd: process.cwd(),
    env: { PATH: process.env["PATH"] },
    url,
    signal: new AbortController().signal,
    progress: () => {},
    ...change,
  };
}

/** What the command prints, which is heard only where it fails. */
async function outputOf(command: string, change: Partial<CommandRequest> = {}): Promise<string> {
  const failed = await runCommand(request(`${command}; exit 3`, change)).catch((error: unknown) => error);
  return (failed as Error).message.replace("`seed.command` ended with 3: ", "");
}

async function isAlive(pid: number): Promise<boolean> {
  // A zombie has ended: only its number is still there.
  return readFile(`/proc/${pid}/stat`, "utf8").then(
    (stat) => !/\) Z /.test(stat),
    () => false,
  );
}

test("a command sees the database and what a shell needs, and no token", async () => {
  const env = {
    PATH: process.env["PATH"],
    HOME: "/home/x",
    LC_ALL: "C",
    JAVA_HOME: "/java",
    GITHUB_TOKEN: "t1",
    ACTIONS_RUNTIME_TOKEN: "t2",
    INPUT_TOKEN: "t3",
    AWS_SECRET_ACCESS_KEY: "t4",
    RUNNER_TEMP: "/r",
    NODE_OPTIONS: "--x",
    NPM_TOKEN: "t5",
    PGHOST: "production",
    PGSERVICE: "production",
  };
  const names = await outputOf("env | cut -d= -f1 | grep -v -e ^PWD -e ^SHLVL -e ^_ | sort | tr '\\n' ' '", { env });
  expect(names.split(" ")).toEqual(
    ["DATABASE_URL", "HOME", "JAVA_HOME", "LC_ALL", "PATH"].concat([
      "PGDATABASE",
      "PGHOST",
      "PGOPTIONS",
      "PGPASSWORD",
      "PGPORT",
      "PGUSER",
    ]),
  );
  expect(await outputOf("echo $PGHOST:$PGPORT/$PGDATABASE as $PGUSER", { env })).toBe(
    "127.0.0.1:5433/plan_gate as owner",
  );
});

test("a command that ends well is done, and its last line was shown", async () => {
  const shown: string[] = [];
  await runCommand(
    request("echo one; sleep 0.1; printf '\\033[32mtwo\\033[0m\\n'", { progress: (line) => shown.push(line) }),
  );
  expect(shown.at(-1)).toBe("two");
});

test("a failure carries the setting, the exit code and the end of the output", async () => {
  const failing = runCommand(request("seq 1 5000; echo 'cannot do it' >&2; exit 7"));
  await expect(failing).rejects.toMatchObject({
    name: "PlanGateError",
    code: "seed-failed",
    message: expect.stringMatching(/^`seed.command` ended with 7: .*4999 5000.*cannot do it|cannot do it/),
    hint: expect.stringContaining("DATABASE_URL"),
  });
  await expect(runCommand(request("seq 1 5000; exit 7"))).rejects.toThrow(
    "`seed.command` ended with 7: 4996 4997 4998 4999 5000",
  );
});

test("the password is not repeated in a failure", async () => {
  expect(await outputOf("echo connecting with $PGPASSWORD")).toBe("connecting with ***");
});

test("a command that does not exist is told from one that fails", async () => {
  await expect(runCommand(request("no-such-tool-here"))).rejects.toMatchObject({
    message: expect.stringMatching(/ended with 127: .*no-such-tool-here/),
    hint: expect.stringMatching(/^Install /),
  });
});

describe("children", () => {
  let folder: string;

  /** The numbers that the command has written so far, each on a line of its own. */
  const children = async () =>
    (await readFile(join(folder, "pids"), "utf8").catch(() => "")).split("\n").filter(Boolean).map(Number);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "plan-gate-command-"));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  test("that keep the pipes open neither hold the run up nor outlive it", async () => {
    const began = performance.now();
    await runCommand(request("sleep 60 & echo $! >> pids", { cwd: folder }));
    expect(performance.now() - began).toBeLessThan(20_000);
    const [child = 0] = await children();
    expect(child).toBeGreaterThan(0);
    expect(await isAlive(child)).toBe(false);
  }, 30_000);

  test("end with the command on an abort, those too that ignore SIGTERM", async () => {
    const controller = new AbortController();
    const stubborn = "sh -c 'trap \"\" TERM; echo $$ >> pids; while :; do sleep 1; done'";
    const command = `sleep 60 & echo $! >> pids; ${stubborn} & wait`;
    const running = runCommand(request(command, { cwd: folder, signal: controller.signal }));
    running.catch(() => {});
    while ((await children()).length < 2) await sleep(20);
    controller.abort(new Error("stopped"));
    await expect(running).rejects.toThrow("stopped");
    const ended = await children();
    expect(ended).toHaveLength(2);
    // SIGKILL was sent; that the kernel has carried it out may take a moment.
    for (const child of ended) while (await isAlive(child)) await sleep(20);
  }, 30_000);
});

test("an abort before the start starts nothing", async () => {
  await expect(runCommand(request("exit 0", { signal: AbortSignal.abort(new Error("stopped")) }))).rejects.toThrow(
    "stopped",
  );
});

test("libpq's variables follow the url, an IPv6 address and TLS too", () => {
  expect(connectionEnvironment("postgres://a%3Ab:c%2Fd@[::1]/x%20y?sslmode=require")).toMatchObject({
    PGHOST: "::1",
    PGPORT: "5432",
    PGUSER: "a:b",
    PGPASSWORD: "c/d",
    PGDATABASE: "x y",
    PGSSLMODE: "require",
  });
});
