import { Command, CommanderError, Help } from "commander";

import { InputError } from "../diagnostics/problem.js";
import { EXIT_CODES } from "./exit-codes.js";
import { printInputError, printUsageProblem } from "./print-problems.js";
import { VERSION } from "../io/version.js";
import { shellQuoted } from "./text-layout.js";

const EXAMPLES = `
Examples:
  headroom run scenarios/quickstart.yaml              a capacity report from a scenario
  headroom run my.yaml --set "cluster.nodes[0].count=10"   the same with ten nodes
  headroom explain "cluster.nodes[].hosting"          what a field of a scenario means
  headroom validate                                   every comparison with published results

Exit codes: 0 done · 1 a goal or check failed · 2 bad input or usage · 3 could not measure · 130 interrupted`;

/** Adds a command with its options and action to the program. */
type Register = (program: Command) => void;

/** Every command in the order of `--help`. Loaded when needed: one command needs none of the others' code. */
const COMMANDS: Readonly<Record<string, () => Promise<Register>>> = {
  init: async () => (await import("./commands/init.js")).registerInit,
  run: async () => (await import("./commands/run.js")).registerRun,
  compare: async () => (await import("./commands/compare.js")).registerCompare,
  sweep: async () => (await import("./commands/sweep.js")).registerSweep,
  plan: async () => (await import("./commands/plan.js")).registerPlan,
  trace: async () => (await import("./commands/trace.js")).registerTrace,
  backtest: async () => (await import("./commands/backtest.js")).registerBacktest,
  sensitivity: async () => (await import("./commands/sensitivity.js")).registerSensitivity,
  report: async () => (await import("./commands/report.js")).registerReport,
  import: async () => (await import("./commands/import.js")).registerImport,
  serve: async () => (await import("./commands/serve.js")).registerServe,
  check: async () => (await import("./commands/check.js")).registerCheck,
  kaito: async () => (await import("./commands/kaito.js")).registerKaito,
  bench: async () => (await import("./commands/bench.js")).registerBench,
  replay: async () => (await import("./commands/replay.js")).registerReplay,
  validate: async () => (await import("./commands/validate.js")).registerValidate,
  catalog: async () => (await import("./commands/catalog.js")).registerCatalog,
  topo: async () => (await import("./commands/topo.js")).registerTopo,
  mig: async () => (await import("./commands/mig.js")).registerMig,
  collective: async () => (await import("./commands/collective.js")).registerCollective,
  training: async () => (await import("./commands/training.js")).registerTraining,
  reliability: async () => (await import("./commands/reliability.js")).registerReliability,
  calibrate: async () => (await import("./commands/calibrate.js")).registerCalibrate,
  gate: async () => (await import("./commands/gate.js")).registerGate,
  explain: async () => (await import("./commands/explain.js")).registerExplain,
};

/** Builds the command tree with all commands, or only with the one named. */
export async function createProgram(only?: string): Promise<Command> {
  const program = new Command("headroom")
    .description(
      "Plan GPU capacity before buying it: simulate clusters, compare policies, read the decision.",
    )
    .version(VERSION, "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    // So that a command and its subcommands may have options of the same name.
    .enablePositionalOptions()
    .showHelpAfterError("(run with --help for usage)")
    .showSuggestionAfterError(true)
    .addHelpText("after", EXAMPLES)
    .configureHelp({
      sortSubcommands: false,
      showGlobalOptions: false,
      // Breaks of the source are none of the reader's terminal, which help is wrapped to.
      commandDescription: (command) => joinLines(command.description()),
      // Options that may be repeated begin with an empty list, which tells nobody anything.
      optionDescription: (option) =>
        PLAIN_HELP.optionDescription(option).replace(/ ?\(default: \[\]\)$/, ""),
    });
  const loading = Object.entries(COMMANDS).filter(([name]) => only === undefined || name === only);
  for (const [, load] of loading) (await load())(program);
  return program;
}

const PLAIN_HELP = new Help();

/** A paragraph as one line; paragraphs and indented lines stay. */
function joinLines(text: string): string {
  return text.replace(/(?<!\n)\n(?![\n ])/g, " ");
}

/** Runs one command line and sets the exit code; the only place that ends the process. */
export async function runMain(argv: readonly string[]): Promise<void> {
  watchStreams();
  const named = argv[2];
  try {
    const program = await createProgram(
      named !== undefined && Object.hasOwn(COMMANDS, named) ? named : undefined,
    );
    forEachCommand(program, (command) => command.exitOverride());
    await program.parseAsync([...argv]);
  } catch (error) {
    process.exitCode = reportError(error, argv.includes("--json"));
  }
}

/** A stream that takes no more must neither look like a defect nor change what the exit code says. */
function watchStreams(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // A reader that stops early (`headroom … | head`) is not an error.
    if (error.code === "EPIPE") process.exit(process.exitCode ?? EXIT_CODES.done);
    process.stderr.write(`headroom: the output cannot be written: ${error.message}\n`);
    process.exit(EXIT_CODES.badInput);
  });
  // There is nowhere left to say it.
  process.stderr.on("error", () => undefined);
}

function reportError(error: unknown, json: boolean): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT_CODES.done;
    if (json) printUsageProblem(error);
    return EXIT_CODES.badInput;
  }
  if (error instanceof InputError) {
    printInputError(error, json);
    return EXIT_CODES.badInput;
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    `headroom ${VERSION}: a defect in Headroom, not in your input. Please report this with the command line:\n` +
      `  ${argvLine()}\n${detail}\n`,
  );
  return EXIT_CODES.defect;
}

function argvLine(): string {
  return ["headroom", ...process.argv.slice(2).map(shellQuoted)].join(" ");
}

function forEachCommand(command: Command, action: (command: Command) => void): void {
  action(command);
  for (const child of command.commands) forEachCommand(child, action);
}
