import { Command, InvalidArgumentError, Option } from "commander";
import packageJson from "../package.json" with { type: "json" };
import { reports } from "./reports/index.js";
import type { Report } from "./reports/report.js";

/** Where a report goes: a file relative to `--cwd`, or standard output. */
export interface ReportTarget {
  readonly report: Report;
  readonly file: string | undefined;
}

/** What the command line says, by the names of its options. */
export interface Flags {
  readonly cwd: string;
  readonly config?: string;
  readonly provider?: string;
  readonly postgres?: string;
  readonly databaseUrl?: string;
  readonly query?: readonly string[];
  readonly report?: readonly ReportTarget[];
  readonly base?: string;
  readonly workflow?: readonly string[];
  readonly case?: string;
  readonly also?: true;
  readonly quiet?: true;
  readonly verbose?: true;
}

export interface CalibrateFlags extends Omit<Flags, "report"> {
  readonly runs: number;
  readonly report: "terminal" | "json";
}

type Run<F = Flags> = (flags: F, args: readonly string[]) => Promise<number>;

/** What each command does with what was asked of it; the exit code is its answer. */
export interface Commands {
  readonly init: Run;
  readonly check: Run;
  readonly calibrate: Run<CalibrateFlags>;
  readonly accept: Run;
  readonly list: Run;
  readonly show: Run;
  readonly log: Run;
}

/**
 * Runs the command that the arguments name, and gives its exit code. Bad arguments, `--help` and `--version` end in a
 * `CommanderError`, whose text has been printed by then.
 */
export async function runCommandLine(argv: readonly string[], commands: Commands): Promise<number> {
  let exitCode = 0;
  const program = new Command("plan-gate")
    .description("Stops a schema change from making a PostgreSQL query's plan worse.")
    .version(packageJson.version)
    .showHelpAfterError("(plan-gate --help shows what there is)")
    .exitOverride();
  const add = <F extends object = Flags>(name: string, description: string, run: Run<F>) => {
    const command = program.command(name).description(description);
    return command.action(async () => {
      exitCode = await run(
        command.opts<F>(),
        command.processedArgs.flat().filter((arg) => arg !== undefined),
      );
    });
  };
  withFolder(add("init", "write a commented plan-gate.yml, an example query and a workflow", commands.init)).option(
    "--workflow <name>",
    "which ready workflow to write; repeatable",
    (name: string, all: string[] = []) => [...all, name],
  );
  withSelection(
    withServer(
      withFolder(add("check", "plan every registered query and compare with the accepted plans", commands.check)),
    ),
  )
    .option("--base <ref>", "take rules, thresholds and baselines from where this branch left <ref>")
    .addOption(
      new Option(
        "--report <format[=file]>",
        `also write a report: ${reports.map(({ id }) => id).join(", ")}; repeatable`,
      ).argParser(collectReports),
    );
  withServer(
    withFolder(
      add("calibrate", "find the queries whose plans hang on the sample that ANALYZE draws", commands.calibrate),
    ),
  )
    .argument("[query...]", "names or globs; all where none is given")
    .addOption(new Option("--runs <number>", "how often to analyze and plan again").default(5).argParser(readRuns))
    .addOption(new Option("--report <format>", "how to tell it").choices(["terminal", "json"]).default("terminal"));
  withServer(withFolder(add("accept", "write today's plans as the accepted ones", commands.accept)))
    .argument("[query...]", "names or globs; all where none is given")
    .option("--also", "keep the plans that are accepted already, beside today's; needs names");
  withSelection(withFolder(add("list", "list the registered queries, their cases and baselines", commands.list)));
  withServer(withFolder(add("show", "show a query's plan now beside its accepted one", commands.show)))
    .argument("<query>", "the query's name")
    .option("--case <name>", "only this case");
  withSelection(withFolder(add("log", "list what was accepted or blocked, by whom and why", commands.log)));
  await program.parseAsync(argv, { from: "user" });
  return exitCode;
}

function withFolder(command: Command): Command {
  return command
    .option("--cwd <folder>", "work in this folder", process.cwd())
    .option("--config <file>", "the settings file; default plan-gate.yml")
    .option("--quiet", "no progress, and no report where nothing is wrong")
    .option("--verbose", "say more: every plan, and times");
}

function withServer(command: Command): Command {
  return command
    .option("--provider <id>", "how to get a Postgres: auto, container, embedded, local or url")
    .option("--postgres <major>", "PostgreSQL's major version")
    .option("--database-url <url>", "a server to work on, in databases of our own");
}

function withSelection(command: Command): Command {
  return command.option(
    "--query <glob>",
    "only queries whose name matches; repeatable",
    (glob: string, all: string[] = []) => [...all, glob],
  );
}

function readRuns(written: string): number {
  const runs = Number(written);
  if (!Number.isInteger(runs) || runs < 1 || runs > 100) {
    throw new InvalidArgumentError("Give a whole number from 1 to 100.");
  }
  return runs;
}

function collectReports(written: string, all: readonly ReportTarget[] = []): readonly ReportTarget[] {
  const [id = "", ...file] = written.split("=");
  const report = reports.find((one) => one.id === id);
  if (!report)
    throw new InvalidArgumentError(`There is no report \`${id}\`: choose ${reports.map((one) => one.id).join(", ")}.`);
  return [...all, { report, file: file.length > 0 ? file.join("=") : undefined }];
}
