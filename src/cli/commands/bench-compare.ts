import type { Command } from "commander";

import {
  DEFAULT_VERDICT_SETTINGS,
  type VerdictSettings,
} from "../../benchmark/regression/verdict-settings.js";
import { compareBenchmarks } from "../../studies/gate/compare-benchmarks.js";
import {
  GATE_EXIT_HELP,
  addFormatOptions,
  parseShare,
  targetsOf,
  writeGate,
  type GateTarget,
} from "../gate-output.js";
import { readResultFile } from "../read-result-file.js";

/** Options of everything that judges benchmarks. */
export interface JudgeOptions {
  readonly effectMin?: number;
  readonly detect?: number;
  readonly alpha?: number;
  readonly allowDifferentMachine?: true;
  readonly allowNoisy?: true;
  readonly format?: readonly GateTarget[];
  readonly json?: true;
}

/** Adds the options by which verdicts are reached. */
export function addJudgeOptions(command: Command): Command {
  const { effectMin, effectToDetect, familyAlpha } = DEFAULT_VERDICT_SETTINGS;
  return addFormatOptions(
    command
      .option(
        "--effect-min <share>",
        `least change that counts; ${effectMin * 100}% when absent`,
        parseShare,
      )
      .option(
        "--detect <share>",
        `change that must not go unseen: a case that could hide one is too noisy; ${effectToDetect * 100}% when absent`,
        parseShare,
      )
      .option(
        "--alpha <share>",
        `chance of any false change in the whole suite, half of it slower; ${familyAlpha * 100}% when absent`,
        parseShare,
      )
      .option("--allow-different-machine", "compare results of different machines, with a warning")
      .option("--allow-noisy", "pass cases that are too noisy to tell"),
  );
}

/** The rules a command line asks for. */
export function settingsOf(options: JudgeOptions): VerdictSettings {
  return {
    ...DEFAULT_VERDICT_SETTINGS,
    ...(options.effectMin === undefined ? {} : { effectMin: options.effectMin }),
    ...(options.detect === undefined ? {} : { effectToDetect: options.detect }),
    ...(options.alpha === undefined ? {} : { familyAlpha: options.alpha }),
  };
}

/** How results are compared by a command line. */
export function compareOptionsOf(options: JudgeOptions): Parameters<typeof compareBenchmarks>[2] {
  return {
    settings: settingsOf(options),
    allowDifferentMachine: options.allowDifferentMachine === true,
    allowNoisy: options.allowNoisy === true,
  };
}

/** `headroom bench compare`: two results, case by case, with a verdict for each. */
export function registerBenchCompare(bench: Command): void {
  const command = bench
    .command("compare")
    .summary("tell changes from noise between two results")
    .description(
      "Compares two results of `headroom bench run` case by case. One process run is one observation; the ratio is\n" +
        "Hodges–Lehmann's with its exact Mann–Whitney interval, corrected over the suite by Holm. Verdicts: regression,\n" +
        "improvement, no change shown, too noisy (with the processes that are missing), cannot decide (too few processes\n" +
        "for a suite of this size whatever they say).",
    )
    .argument("<base>", "result to compare with")
    .argument("<new>", "result to judge");
  addJudgeOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  headroom bench compare base.json new.json
  headroom bench compare base.json new.json --format text,junit=bench.xml,markdown=comment.md

${GATE_EXIT_HELP}`,
    )
    .action(async (base: string, after: string, options: JudgeOptions) => {
      const [left, right] = [await readResultFile(base), await readResultFile(after)];
      const outcome = compareBenchmarks(left, right, compareOptionsOf(options));
      await writeGate(outcome, targetsOf(options));
    });
}
