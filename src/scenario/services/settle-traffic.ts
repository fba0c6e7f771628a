import { createRandomStreams } from "../../engine/streams.js";
import { AZURE_PRESETS } from "../../workload/requests/azure-presets.js";
import { generateRequests } from "../../workload/requests/generate-requests.js";
import { dailyWave, hourlyShape } from "../../workload/requests/rate-shapes.js";
import type { RequestTable } from "../../workload/requests/request-table.js";
import type {
  TrafficClass,
  TrafficDescription,
  ValueDistribution,
} from "../../workload/requests/traffic-description.js";
import { WORKLOAD_FAMILIES } from "../../workload/requests/workload-families.js";
import type { Assumption } from "../resolved.js";
import type { TrafficInput } from "../schema/traffic-schema.js";

/** Requests of a service as a function of the seed. */
export interface SettledTraffic {
  requestsOf(seed: number): RequestTable;
  readonly isDrawn: boolean;
  readonly assumptions: readonly Omit<Assumption, "id">[];
}

type LengthInput = NonNullable<TrafficInput["classes"]>[number]["prompt"];

/**
 * The traffic of a service.
 *
 * @param contextTokensMax longest prompt with its answer that the model takes
 * @param trace requests of the trace that the traffic names
 */
export function settleTraffic(
  service: string,
  traffic: TrafficInput,
  contextTokensMax: number,
  trace: RequestTable | undefined,
): SettledTraffic {
  if (trace !== undefined) {
    const table = cutTrace(trace, traffic);
    return { requestsOf: () => table, isDrawn: false, assumptions: [] };
  }
  const { description, assumptions } = descriptionOf(traffic, contextTokensMax);
  return {
    requestsOf: (seed) =>
      generateRequests(
        description,
        createRandomStreams(seed).stream(`services/${service}/requests`),
      ),
    isDrawn: true,
    assumptions,
  };
}

/** What is to be drawn; also for checks, which ask for its faults. */
export function descriptionOf(
  traffic: TrafficInput,
  contextTokensMax: number,
): {
  readonly description: TrafficDescription;
  readonly assumptions: readonly Omit<Assumption, "id">[];
} {
  const { preset, family, requestsPerSecond, load = 1, duration, maxRequests } = traffic;
  const azure = AZURE_PRESETS.find(({ name }) => name === preset);
  const known = WORKLOAD_FAMILIES.find(({ name }) => name === family);
  const rate = requestsPerSecond ?? azure?.requestsPerS;
  if (rate === undefined || duration === undefined)
    throw new Error("scenario: traffic passed the checks without a rate or a duration");
  const classes: readonly TrafficClass[] =
    azure !== undefined
      ? [azure.class]
      : known !== undefined
        ? [known.classOf(contextTokensMax)]
        : (traffic.classes ?? []).map(({ name, weight = 1, prompt, output }) => ({
            name,
            weight,
            lengths: {
              kind: "independent",
              promptTokens: lengthOf(prompt),
              outputTokens: lengthOf(output),
            },
          }));
  const gapVariation = traffic.variation ?? azure?.gapVariation;
  const shape = shapeOf(traffic);
  return {
    description: {
      arrivals: {
        requestsPerS: rate * load,
        ...(gapVariation === undefined ? {} : { gapVariation }),
        ...(shape === undefined ? {} : { shape }),
      },
      durationS: duration,
      ...(maxRequests === undefined ? {} : { requestsMax: maxRequests }),
      classes,
    },
    assumptions: [
      ...(azure === undefined
        ? []
        : [
            {
              what: "Requests",
              value: `${azure.name}: ${azure.description}`,
              provenance: "published" as const,
              source: `${azure.source}; left out: ${azure.leftOut}`,
            },
          ]),
      ...(known === undefined
        ? []
        : [
            {
              what: "Requests",
              value: `${known.name}: ${known.description}`,
              provenance: "published" as const,
              source: [known.source, ...known.choices].join("; "),
            },
          ]),
    ],
  };
}

function shapeOf({ daily, hourly }: TrafficInput) {
  if (daily !== undefined) {
    const { peakToTrough, peakHour = 14, startHour = 0 } = daily;
    return dailyWave({ peakToTrough, peakHour, startHour });
  }
  return hourly === undefined ? undefined : hourlyShape(hourly, 0);
}

function lengthOf({ fixed, median, sigma = 0, min, max }: LengthInput): ValueDistribution {
  if (fixed !== undefined) return { kind: "fixed", value: fixed };
  if (median !== undefined)
    return { kind: "lognormal", median, sigma, min: min ?? 1, max: max ?? Infinity };
  return { kind: "uniform", min: min ?? 1, max: max! };
}

/** The first so many seconds and requests of a trace, with arrivals so much closer together. */
function cutTrace(table: RequestTable, traffic: TrafficInput): RequestTable {
  const { load = 1, duration = Infinity, maxRequests = Infinity } = traffic;
  const arrivalS = load === 1 ? table.arrivalS : table.arrivalS.map((timeS) => timeS / load);
  let count = Math.min(table.count, maxRequests);
  while (count > 0 && arrivalS[count - 1]! >= duration) count--;
  const { classes, adapters, prefixes, conversation } = table;
  const named = <Column extends { readonly index: Int32Array }>(column: Column): Column => ({
    ...column,
    index: column.index.subarray(0, count),
  });
  return {
    count,
    arrivalS: arrivalS.subarray(0, count),
    promptTokens: table.promptTokens.subarray(0, count),
    outputTokens: table.outputTokens.subarray(0, count),
    ...(classes === undefined ? {} : { classes: named(classes) }),
    ...(adapters === undefined ? {} : { adapters: named(adapters) }),
    ...(prefixes === undefined
      ? {}
      : {
          prefixes: {
            group: prefixes.group.subarray(0, count),
            tokens: prefixes.tokens.subarray(0, count),
          },
        }),
    ...(conversation === undefined ? {} : { conversation: conversation.subarray(0, count) }),
  };
}
