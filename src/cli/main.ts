import { Command, CommanderError } from "commander";

import { InputError } from "../diagnostics/problem.js";
import { removeTemporaryFiles } from "../io/write-files.js";
import { EXIT_CODES } from "./exit-codes.js";
import { printInputError } from "./print-problems.js";
import { registerExplain } from "./commands/explain.js";
import { registerReplay } from "./commands/replay.js";
import { registerRun } from "./commands/run.js";
import { registerValidate } from "./commands/validate.js";
import { VERSION } from "../io/version.js";

const EXAMPLES = `
Examples:
  headroom run scenarios/quickstart.yaml              a capacity report from a scenario
  headroom run my.yaml --set cluster.nodes[0].count=10  the same with ten nodes
  headroom explain cluster.nodes[].hosting            what a field of a scenario means
  headroom validate                                   every comparison with published results

Exit codes: 0 done · 1 a goal or check failed · 2 bad input or usage · 3 could not measure · 130 interrupted`;

/** Builds the command tree; in a function so that tests and the generated reference can read it. */
export function createProgram(): Command {
  const program = new Command("headroom")
    .description(
      "Plan GPU capacity before buying it: simulate clusters, compare policies, read the decision.",
    )
    .version(VERSION, "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .showHelpAfterError("(run with --help for usage)")
    .showSuggestionAfterError(true)
    .addHelpText("after", EXAMPLES)
    .configureHelp({ sortSubcommands: false, showGlobalOptions: false });
  registerRun(program);
  registerReplay(program);
  registerValidate(program);
  registerExplain(program);
  return program;
}

/** Runs one command line and sets the exit code; the only place that ends the process. */
export async function runMain(argv: readonly string[]): Promise<void> {
  process.once("SIGINT", () => {
    removeTemporaryFiles();
    process.stderr.write("\nInterrupted; nothing was written.\n");
    process.exit(EXIT_CODES.interrupted);
  });
  // A reader that stops early (`headroom … | head`) is not an error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(EXIT_CODES.done);
    throw error;
  });
  const program = createProgram();
  forEachCommand(program, (command) => command.exitOverride());
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    process.exitCode = reportError(error, argv.includes("--json"));
  }
}

function reportError(error: unknown, json: boolean): number {
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? EXIT_CODES.done : EXIT_CODES.badInput;
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
  return ["headroom", ...process.argv.slice(2)].join(" ");
}

function forEachCommand(command: Command, action: (command: Command) => void): void {
  action(command);
  for (const child of command.commands) forEachCommand(child, action);
}
