import { InvalidArgumentError, Option, type Command } from "commander";

import { formatDuration, formatNumber, parseDuration } from "../../base/units.js";
import { didYouMean } from "../../diagnostics/did-you-mean.js";
import { InputError, type Problem } from "../../diagnostics/problem.js";
import {
  failuresPerNodeS,
  FAILURE_PRESETS,
  findFailurePreset,
  type FailurePreset,
} from "../../performance/reliability/failure-presets.js";
import {
  forecastReliability,
  type ReliabilityForecast,
} from "../../performance/reliability/forecast-reliability.js";
import { alignColumns, wrapText } from "../text-layout.js";

const DAY_S = 86_400;
const NODES_MAX = 1_000_000;
const INTERRUPTIONS_MAX = 1e8;

/** Options are called as on the command line, without their unit. */
type Seconds = number;

/** What the command line gave, read. */
interface ReliabilityOptions {
  readonly nodes: number;
  readonly gpusPerNode: number;
  readonly preset: FailurePreset;
  readonly rateFactor: number;
  readonly duration: Seconds;
  readonly checkpointCost?: Seconds;
  readonly restart: Seconds;
  readonly repair?: Seconds;
  readonly json?: true;
}

/** `headroom reliability`: what failures mean for one job, by closed forms. */
export function registerReliability(program: Command): void {
  program
    .command("reliability")
    .summary("how often a job of this size is interrupted, when to checkpoint, how many spares")
    .description(
      "Says by closed forms how often failures interrupt a job on whole nodes, which checkpoint interval is best, what part of the time is left for training, and how many spare nodes keep it complete. A scenario with the section faults simulates the same.",
    )
    .requiredOption("--nodes <number>", "nodes of the job", wholeNumber(1, NODES_MAX))
    .option("--gpus-per-node <number>", "GPUs of one node", wholeNumber(0, 1024), 8)
    .addOption(
      new Option(
        "--preset <name>",
        `published failure rates: ${FAILURE_PRESETS.map(({ name }) => name).join(", ")}`,
      )
        .argParser(presetNamed)
        .default(FAILURE_PRESETS[0]!, FAILURE_PRESETS[0]!.name),
    )
    .option("--rate-factor <number>", "factor on the published rates", positiveNumber, 1)
    .addOption(
      new Option("--duration <time>", "time looked at, such as 54d")
        .argParser(durationOf)
        .default(30 * DAY_S, "30d"),
    )
    .option("--checkpoint-cost <time>", "time the job stands still for one checkpoint", durationOf)
    .addOption(
      new Option("--restart <time>", "from an interruption until the job works again")
        .argParser(durationOf)
        .default(300, "5m"),
    )
    .option("--repair <time>", "mean time of a repair; nobody published it", durationOf)
    .option("--json", "print the forecast as one JSON object, and nothing else")
    .addHelpText(
      "after",
      `
Presets:
${FAILURE_PRESETS.map(({ name, what }) => `  ${name.padEnd(10)} ${what}`).join("\n")}

Example:
  headroom reliability --nodes 2048 --preset llama3 --duration 54d --checkpoint-cost 5m --repair 12h`,
    )
    .action((options: ReliabilityOptions, command: Command) => {
      command.configureOutput().writeOut?.(`${answer(options)}\n`);
    });
}

function answer(options: ReliabilityOptions): string {
  const { nodes, gpusPerNode, preset, rateFactor, duration, checkpointCost, restart, repair } =
    options;
  const perNodeS = rateFactor * failuresPerNodeS(preset, { gpusPerNode });
  const repairsPerNodeS = rateFactor * failuresPerNodeS(preset, { gpusPerNode, onlyRepairs: true });
  checkRange(options, perNodeS, repairsPerNodeS);
  const forecast = forecastReliability({
    nodes,
    perNodeS,
    repairsPerNodeS,
    durationS: duration,
    ...(checkpointCost === undefined ? {} : { checkpointCostS: checkpointCost }),
    restartS: restart,
    ...(repair === undefined ? {} : { repairMeanS: repair }),
  });
  const perThousandNodeDays = perNodeS * DAY_S * 1000;
  if (options.json !== true) return textOf(options, perThousandNodeDays, forecast);
  const document = {
    nodes,
    gpusPerNode,
    gpus: nodes * gpusPerNode,
    preset: preset.name,
    rateFactor,
    perThousandNodeDays,
    durationS: duration,
    ...forecast,
    source: preset.source,
    validity: preset.validity,
  };
  return JSON.stringify(document, null, 2);
}

/** Where the closed forms say nothing any more. */
function checkRange(
  { nodes, duration, repair }: ReliabilityOptions,
  perNodeS: number,
  repairsPerNodeS: number,
): void {
  const problems: Problem[] = [];
  const expected = nodes * perNodeS * duration;
  if (expected > INTERRUPTIONS_MAX)
    problems.push({
      file: "command line",
      rule: "out-of-range",
      message: `--duration ${formatDuration(duration)} has ${formatNumber(expected)} interruptions at this rate, at most ${formatNumber(INTERRUPTIONS_MAX)} can be reckoned with`,
      help: "a shorter time, fewer nodes or a lower --rate-factor",
    });
  // Half of the nodes away is no rate of failures that a job could run at, and the forms hold for few of them.
  if (repair !== undefined && repairsPerNodeS * repair > 1)
    problems.push({
      file: "command line",
      rule: "out-of-range",
      message: `--repair ${formatDuration(repair)} is longer than a node works between two repairs at this rate, ${formatDuration(1 / repairsPerNodeS)}: more than half of the nodes would be away`,
      help: "a shorter repair or a lower --rate-factor",
    });
  if (problems.length > 0) throw new InputError(problems);
}

function textOf(
  { nodes, gpusPerNode, preset, rateFactor, duration, restart }: ReliabilityOptions,
  perThousandNodeDays: number,
  forecast: ReliabilityForecast,
): string {
  const { meanTimeToInterruptionS, interruptions, checkpoint, nodesAway, spares } = forecast;
  const [low, high] = interruptions.interval95;
  const rate = `${formatNumber(perThousandNodeDays)} in 1 000 node-days${rateFactor === 1 ? "" : ` (published × ${rateFactor})`}`;
  const rows = [
    ["job", `${nodes} nodes, ${nodes * gpusPerNode} GPUs`],
    ["failures", rate],
    ["mean time to interruption", formatDuration(meanTimeToInterruptionS)],
    [
      `interruptions in ${formatDuration(duration)}`,
      `${formatNumber(interruptions.expected)} (95 %: ${low} to ${high})`,
    ],
  ];
  if (checkpoint !== null) {
    rows.push(
      [
        "best checkpoint interval",
        `${formatDuration(checkpoint.exactIntervalS)} of work (Daly ${formatDuration(checkpoint.dalyIntervalS)}, Young ${formatDuration(checkpoint.youngIntervalS)})`,
      ],
      [
        "time spent training",
        `${percent(checkpoint.efficiency)} at that interval, with ${formatDuration(checkpoint.costS)} per checkpoint and ${formatDuration(restart)} to restart`,
      ],
    );
  }
  if (nodesAway !== null) rows.push(["nodes in repair", `${formatNumber(nodesAway)} on average`]);
  for (const one of spares ?? []) {
    rows.push([
      `spares for ${percent(one.level)}`,
      `${one.spares} (${one.sparesThatFail} when spares fail too)`,
    ]);
  }
  const missing = [
    ...(checkpoint === null ? ["--checkpoint-cost for the best checkpoint interval"] : []),
    ...(spares === null ? ["--repair for the number of spares"] : []),
  ];
  return [
    ...alignColumns(rows),
    "",
    wrapText(`${preset.what}: ${preset.source}. ${preset.validity}`),
    ...(missing.length === 0 ? [] : ["", wrapText(`Add ${missing.join(" and ")}.`)]),
  ].join("\n");
}

function percent(share: number): string {
  return `${formatNumber(share * 100)} %`;
}

function presetNamed(name: string): FailurePreset {
  const preset = findFailurePreset(name);
  if (preset !== undefined) return preset;
  const names = FAILURE_PRESETS.map((one) => one.name);
  const near = didYouMean(name, names);
  throw new InvalidArgumentError(
    `${near === undefined ? "" : `Did you mean "${near}"? `}Allowed: ${names.join(", ")}.`,
  );
}

function durationOf(text: string): number {
  const parsed = parseDuration(text);
  if (!parsed.ok) throw new InvalidArgumentError(`${parsed.message}.`);
  if (parsed.value === 0) throw new InvalidArgumentError("It must be longer than 0.");
  return parsed.value;
}

function wholeNumber(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= low && value <= high) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${low} to ${high}.`);
  };
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value > 0 && value <= 1000) return value;
  throw new InvalidArgumentError("It must be a number above 0 and at most 1000.");
}
