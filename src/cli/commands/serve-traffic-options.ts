import type { Command } from "commander";

import type { RequestsRead } from "../../workload/requests/read-requests.js";
import { AZURE_PRESETS } from "../../workload/requests/azure-presets.js";
import { dailyWave } from "../../workload/requests/rate-shapes.js";
import type {
  TrafficClass,
  TrafficDescription,
  ValueDistribution,
} from "../../workload/requests/traffic-description.js";
import { trafficFaults } from "../../workload/requests/traffic-faults.js";
import { WORKLOAD_FAMILIES } from "../../workload/requests/workload-families.js";
import { loadRequests } from "../../studies/serve/load-requests.js";
import {
  drawnTraffic,
  recordedTraffic,
  type ServeAssumption,
  type Traffic,
} from "../../studies/serve/traffic.js";
import { parseSeed } from "../parse-seed.js";
import {
  duration,
  listOf,
  named,
  optionError,
  positiveNumber,
  wholeNumber,
} from "./serve-options.js";

/** What the command line says of requests, as written. */
export interface TrafficOptions {
  readonly traffic?: string;
  readonly promptTokens?: string;
  readonly outputTokens?: string;
  readonly resample?: true;
  readonly rate?: string;
  readonly duration?: string;
  readonly gapVariation?: string;
  readonly daily?: string;
  readonly startHour?: string;
  readonly repeat?: string;
  readonly seed: number;
}

/** Traffic by name. */
export const TRAFFIC_NAMES: readonly string[] = [
  ...WORKLOAD_FAMILIES.map(({ name }) => name),
  ...AZURE_PRESETS.map(({ name }) => name),
];

const SEED_DEFAULT = 42;
const DURATION_DEFAULT = "1h";
const CONTEXT_DEFAULT = 131_072;

/** Adds the options that draw requests, and those that change a recorded trace. */
export function addTrafficOptions(command: Command): Command {
  return command
    .option("--traffic <name>", `draw requests like: ${TRAFFIC_NAMES.join(", ")}`)
    .option(
      "--prompt-tokens <dist>",
      "draw prompts: 512, uniform:100,500, lognormal:1000,0.8 (median, sigma), normal:500,100, exponential:300; bounds may follow",
    )
    .option("--output-tokens <dist>", "draw answers, in the same words")
    .option("--resample", "draw lengths from the trace, in pairs, and arrivals anew")
    .option("--rate <n>", "requests per second; a trace is played that much faster or slower")
    .option("--duration <time>", `length of drawn traffic (default: ${DURATION_DEFAULT})`)
    .option("--gap-variation <n>", "0 even gaps, 1 Poisson (default), above 1 bursts (gamma gaps)")
    .option("--daily <ratio>", "drawn traffic goes up and down over a day: peak over trough")
    .option("--start-hour <h>", "hour of the day at which it begins; the peak is at 14")
    .option("--repeat <n>", "play the trace so often, one time after the other")
    .option("--seed <n>", "root seed of what is drawn", parseSeed, SEED_DEFAULT);
}

/** Traffic with the file it came from, where it did. */
export interface NamedTraffic {
  readonly traffic: Traffic;
  readonly read: RequestsRead | undefined;
}

/**
 * The requests the command line asks for.
 *
 * @param contextTokens longest prompt with its answer the model takes
 * @param rateIsOptional true where a rate is looked for: 1 stands in for it
 * @throws InputError naming the option
 */
export async function trafficOf(
  trace: string | undefined,
  options: TrafficOptions,
  contextTokens: number | undefined,
  rateIsOptional: boolean,
): Promise<NamedTraffic> {
  checkTogether(trace, options);
  const read = trace === undefined ? undefined : await loadRequests(trace);
  if (read !== undefined && options.resample !== true)
    return { read, traffic: recorded(trace!, read, options) };
  const context = contextTokens ?? CONTEXT_DEFAULT;
  const preset = AZURE_PRESETS.find(({ name }) => name === options.traffic);
  const kind = kindOf(trace, read, options, context);
  const rate =
    options.rate === undefined
      ? (preset?.requestsPerS ?? (rateIsOptional ? 1 : undefined))
      : positiveNumber("--rate", options.rate, "above 0");
  if (rate === undefined)
    throw optionError("--rate", "drawn traffic needs a rate, in requests per second");
  const gapVariation =
    options.gapVariation === undefined
      ? preset?.gapVariation
      : positiveNumber("--gap-variation", options.gapVariation, "0 or more");
  const description: TrafficDescription = {
    arrivals: {
      requestsPerS: rate,
      ...(gapVariation === undefined ? {} : { gapVariation }),
      ...shapeOf(options),
    },
    durationS: duration("--duration", options.duration ?? DURATION_DEFAULT),
    classes: [kind.class],
  };
  const [fault] = trafficFaults(description);
  if (fault !== undefined)
    throw optionError(optionOf(fault.path), `${String(fault.path.at(-1))} ${fault.message}`);
  return {
    read,
    traffic: drawnTraffic({
      name: kind.name,
      description,
      assumptions: [...kind.assumptions, ...shapeAssumptions(description)],
      ...(kind.targets === undefined ? {} : { targets: kind.targets }),
    }),
  };
}

function checkTogether(trace: string | undefined, options: TrafficOptions): void {
  const isDrawn = options.traffic !== undefined || options.promptTokens !== undefined;
  if (trace === undefined && !isDrawn)
    throw optionError(
      "<trace>",
      "which requests come is not said",
      "name a trace, or draw requests: --traffic interactive-chat, or --prompt-tokens and --output-tokens",
    );
  if (trace !== undefined && isDrawn)
    throw optionError(
      options.traffic === undefined ? "--prompt-tokens" : "--traffic",
      "a trace says already which requests come",
      "leave one of the two out",
    );
  if (options.traffic !== undefined && options.promptTokens !== undefined)
    throw optionError("--prompt-tokens", "--traffic says already how long requests are");
  const onlyDrawn = ["duration", "gapVariation", "daily", "startHour"] as const;
  const given = onlyDrawn.find((key) => options[key] !== undefined);
  if (trace !== undefined && options.resample !== true && given !== undefined)
    throw optionError(
      flagOf(given),
      "is for drawn traffic; a trace says itself when requests come",
      "add --resample to draw arrivals anew, with the lengths of the trace",
    );
  if ((trace === undefined || options.resample === true) && options.repeat !== undefined)
    throw optionError("--repeat", "is for traces; drawn traffic has a --duration");
  if (trace === undefined && options.resample === true)
    throw optionError("--resample", "needs a trace to draw lengths from");
}

const flagOf = (key: string): string =>
  `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

function recorded(trace: string, read: RequestsRead, options: TrafficOptions): Traffic {
  const { rate, repeat } = options;
  if (!read.hasArrivals)
    throw optionError(
      trace,
      "the file tells lengths but not when requests came (start_times)",
      "draw arrivals: --resample --rate N",
    );
  const hasSpan = read.requests.arrivalS[read.requests.count - 1]! > 0;
  if ((rate !== undefined || repeat !== undefined) && !hasSpan)
    throw optionError(
      rate === undefined ? "--repeat" : "--rate",
      "all requests of the trace come at one time: it has no rate to change",
      "draw arrivals: --resample --rate N",
    );
  return recordedTraffic({
    name: trace,
    read,
    repeat: repeat === undefined ? 1 : wholeNumber("--repeat", repeat, 100_000),
    ...(rate === undefined ? {} : { requestsPerS: positiveNumber("--rate", rate, "above 0") }),
  });
}

interface Kind {
  readonly name: string;
  readonly class: TrafficClass;
  readonly assumptions: readonly ServeAssumption[];
  readonly targets?: Traffic["targets"];
}

function kindOf(
  trace: string | undefined,
  read: RequestsRead | undefined,
  options: TrafficOptions,
  contextTokens: number,
): Kind {
  if (read !== undefined) {
    const { promptTokens, outputTokens } = read.requests;
    return {
      name: `lengths of ${trace!}`,
      class: { name: "trace", weight: 1, lengths: { kind: "pairs", promptTokens, outputTokens } },
      assumptions: [
        {
          what: "lengths of requests",
          source: `drawn from the pairs of ${trace!}, each by itself`,
          provenance: "given",
        },
      ],
    };
  }
  if (options.traffic === undefined) return lengthsKind(options);
  const preset = AZURE_PRESETS.find(({ name }) => name === options.traffic);
  if (preset !== undefined)
    return {
      name: preset.name,
      class: preset.class,
      assumptions: [
        { what: `traffic like ${preset.name}`, source: preset.source, provenance: "published" },
        { what: "not in it", source: preset.leftOut, provenance: "assumed" },
      ],
    };
  const family = named("--traffic", options.traffic, [...WORKLOAD_FAMILIES, ...AZURE_PRESETS]);
  if (!("classOf" in family))
    return kindOf(trace, read, { ...options, traffic: family.name }, contextTokens);
  return {
    name: family.name,
    class: family.classOf(contextTokens),
    assumptions: [
      { what: `traffic of ${family.name}`, source: family.source, provenance: "published" },
      ...family.choices.map((choice): ServeAssumption => ({
        what: "drawing it",
        source: choice,
        provenance: "assumed",
      })),
    ],
    targets: family.targets,
  };
}

function lengthsKind({ promptTokens, outputTokens }: TrafficOptions): Kind {
  if (outputTokens === undefined || promptTokens === undefined)
    throw optionError(
      outputTokens === undefined ? "--output-tokens" : "--prompt-tokens",
      "both --prompt-tokens and --output-tokens are needed",
    );
  return {
    name: `prompts ${promptTokens}, answers ${outputTokens}`,
    class: {
      name: "drawn",
      weight: 1,
      lengths: {
        kind: "independent",
        promptTokens: distributionOf("--prompt-tokens", promptTokens),
        outputTokens: distributionOf("--output-tokens", outputTokens),
      },
    },
    assumptions: [{ what: "lengths of requests", source: "as given", provenance: "given" }],
  };
}

const TOKENS_MAX = 10_000_000;
const FORMS =
  "such as 512, uniform:100,500, lognormal:1000,0.8, normal:500,100, exponential:300, with bounds at the end where wanted";

function distributionOf(option: string, text: string): ValueDistribution {
  const [kind = "", rest] = text.includes(":") ? text.split(":", 2) : ["fixed", text];
  const numbers = listOf(rest ?? "").map((part) => positiveNumber(option, part, "above 0"));
  const [a = Number.NaN, b = Number.NaN] = numbers;
  const bounds = (from: number): { readonly min: number; readonly max: number } => ({
    min: numbers[from] ?? 1,
    max: numbers[from + 1] ?? TOKENS_MAX,
  });
  const has = (...counts: number[]): boolean => counts.includes(numbers.length);
  if (kind === "fixed" && has(1)) return { kind, value: a };
  if (kind === "uniform" && has(2)) return { kind, min: a, max: b };
  if (kind === "lognormal" && has(2, 4)) return { kind, median: a, sigma: b, ...bounds(2) };
  if (kind === "normal" && has(2, 4)) return { kind, mean: a, standardDeviation: b, ...bounds(2) };
  if (kind === "exponential" && has(1, 3)) return { kind, mean: a, ...bounds(1) };
  throw optionError(option, `"${text}" is no distribution of lengths`, FORMS);
}

function shapeOf({
  daily,
  startHour,
}: TrafficOptions): Pick<TrafficDescription["arrivals"], "shape"> {
  if (daily === undefined) {
    if (startHour === undefined) return {};
    throw optionError("--start-hour", "is for traffic with a daily shape: --daily");
  }
  const peakToTrough = positiveNumber("--daily", daily, "above 0");
  if (peakToTrough < 1) throw optionError("--daily", `must be 1 or more, got "${daily}"`);
  const hour = positiveNumber("--start-hour", startHour ?? "0", "0 or more");
  if (hour >= 24) throw optionError("--start-hour", `must be below 24, got "${startHour ?? ""}"`);
  return { shape: dailyWave({ peakToTrough, peakHour: 14, startHour: hour }) };
}

function shapeAssumptions({ arrivals }: TrafficDescription): readonly ServeAssumption[] {
  const { gapVariation = 1, shape } = arrivals;
  const gaps =
    gapVariation === 1 ? "a Poisson process" : `gamma gaps with variation ${gapVariation}`;
  const source =
    shape === undefined ? gaps : `${gaps}, a cosine over the day with its peak at 14:00`;
  return [{ what: "arrivals", source, provenance: "assumed" }];
}

/** The option a field of the description came from. */
function optionOf(path: readonly (string | number)[]): string {
  const text = path.join(".");
  if (text.includes("promptTokens")) return "--prompt-tokens";
  if (text.includes("outputTokens")) return "--output-tokens";
  if (text.includes("gapVariation")) return "--gap-variation";
  return text.includes("durationS") ? "--duration" : "--rate";
}
