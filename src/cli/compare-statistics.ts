import type { Command } from "commander";

import { parseShareOption, parseTimeOption, parseWhole } from "./study-options.js";

/** Most replications when neither the command line nor the scenario says so: four looks. */
export const REPLICATIONS_MAX = 80;

/** Adds the options that say how many replications are run, and how sure verdicts are. */
export function addStatistics(command: Command): void {
  command
    .option(
      "--replications <n>",
      `most replications of each configuration; the scenario's, or ${REPLICATIONS_MAX}, when absent`,
      parseWhole(2),
    )
    .option("--fixed", "run all replications and look once, at the end")
    .option(
      "--time-limit <time>",
      "add no replications after this much time; the figures then depend on the machine",
      parseTimeOption,
    )
    .option(
      "--confidence <share>",
      "of all claims together; the scenario's, or 95%, when absent",
      parseShareOption(true),
    )
    .option(
      "--indifference <share>",
      "a smaller difference, as a share of the first value, counts as none",
      parseShareOption(false),
      0.02,
    )
    .option("--independent", "give every configuration random numbers of its own");
}
