import { createGrowableFloat64, createGrowableInt32 } from "../../base/growable.js";
import { SpecificationError } from "../../base/specification-error.js";
import type { RandomStream } from "../../engine/streams.js";
import { createWeightedChoice } from "../synthetic/weighted-choice.js";
import { type ArrivalClock, createArrivalClock } from "./arrival-clock.js";
import { type ClassDraws, createClassDraws } from "./draw-conversations.js";
import type { RequestTable } from "./request-table.js";
import type {
  ArrivalDescription,
  TrafficClass,
  TrafficDescription,
} from "./traffic-description.js";
import { trafficFaults } from "./traffic-faults.js";

/** Conversations that began longer ago than that are over. */
const LEAD_IN_MAX_S = 86_400;
/** Starts and requests drawn to learn how many requests one start has on average. */
const TRIAL_STARTS = 20_000;
const TRIAL_REQUESTS = 400_000;

/**
 * Draws the requests of a window.
 *
 * Starts (single questions and conversations) are a renewal process with gamma gaps, read off a clock that
 * runs as fast as the rate: with gaps of variation 1 an exact non-homogeneous Poisson process. A start has as
 * many requests as its class says, and starts come so much more rarely than requests. Conversations that began
 * before the window are in it with their later turns, so that the first minute is like every other.
 *
 * Arrivals, classes and every kind of number have streams of their own: changing the lengths of one class
 * leaves the arrivals and the other classes where they were.
 *
 * @param stream a fresh one: what was drawn from its parts before is not drawn again
 * @throws SpecificationError naming the field, when the description says something impossible
 */
export function generateRequests(
  description: TrafficDescription,
  stream: RandomStream,
): RequestTable {
  const [fault] = trafficFaults(description);
  if (fault !== undefined)
    throw new SpecificationError(`traffic: ${fault.path.join(".")} ${fault.message}`);
  const { arrivals, classes, durationS, requestsMax = Infinity } = description;
  const trials = classes.map((one) => trialOf(one, stream.fork(`trial/${one.name}`)));
  const totalWeight = classes.reduce((sum, { weight }) => sum + weight, 0);
  const startsPerS = classes.map(
    ({ weight }, at) =>
      (arrivals.requestsPerS * weight) / totalWeight / trials[at]!.requestsPerStart,
  );
  const clock = createArrivalClock(
    startsPerS.reduce((sum, value) => sum + value, 0),
    arrivals.shape,
  );
  const columns = createColumns(description);
  const choose = createWeightedChoice(startsPerS);
  const chances = stream.fork("classes");
  const draws = classes.map((one) => createClassDraws(one, stream.fork(`class/${one.name}`)));
  const leadInS = Math.max(0, ...trials.map((trial) => trial.longestS));
  // With conversations, a later start may have an earlier request than an early one's last turn.
  const isInOrder = classes.every(({ conversation }) => conversation === undefined);
  forEachStart(clock, arrivals, stream.fork("gaps"), -leadInS, durationS, (startS) => {
    const at = classes.length === 1 ? 0 : choose(chances.uniform());
    columns.begin(at);
    draws[at]!.requests((afterS, promptTokens, outputTokens) => {
      const timeS = startS + afterS;
      if (timeS >= 0 && timeS < durationS) columns.add(timeS, promptTokens, outputTokens);
    });
    return !(isInOrder && columns.count() >= requestsMax);
  });
  return columns.build(requestsMax, (name) => stream.fork(name));
}

function forEachStart(
  clock: ArrivalClock,
  { gapVariation = 1 }: ArrivalDescription,
  gaps: RandomStream,
  fromS: number,
  untilS: number,
  visit: (startS: number) => boolean,
): void {
  const variance = gapVariation * gapVariation;
  const nextGap =
    gapVariation === 0
      ? () => 1
      : gapVariation === 1
        ? () => gaps.exponential(1)
        : () => gaps.gamma({ shape: 1 / variance, scale: variance });
  let expected = clock.arrivalsAt(fromS);
  for (;;) {
    expected += nextGap();
    const startS = clock.timeOf(expected);
    if (startS >= untilS || !visit(startS)) return;
  }
}

/** How many requests a start of a class has on average, and how long the longest of many is. */
function trialOf(
  of: TrafficClass,
  stream: RandomStream,
): { readonly requestsPerStart: number; readonly longestS: number } {
  if (of.conversation === undefined) return { requestsPerStart: 1, longestS: 0 };
  const draws: ClassDraws = createClassDraws(of, stream);
  let starts = 0;
  let requests = 0;
  let longestS = 0;
  while (starts < TRIAL_STARTS && requests < TRIAL_REQUESTS) {
    starts++;
    draws.requests((afterS) => {
      requests++;
      longestS = Math.max(longestS, afterS);
    });
  }
  return { requestsPerStart: requests / starts, longestS: Math.min(longestS, LEAD_IN_MAX_S) };
}

/** Rows as they are drawn; what a start has in common is drawn once for it. */
function createColumns({ classes }: TrafficDescription) {
  const times = createGrowableFloat64();
  const [prompts, outputs, starts] = [
    createGrowableInt32(),
    createGrowableInt32(),
    createGrowableInt32(),
  ];
  const classOfStart = createGrowableInt32();
  return {
    count: () => times.length,
    begin(classAt: number): void {
      classOfStart.push(classAt);
    },
    add(timeS: number, promptTokens: number, outputTokens: number): void {
      times.push(timeS);
      prompts.push(promptTokens);
      outputs.push(outputTokens);
      starts.push(classOfStart.length - 1);
    },
    build(requestsMax: number, fork: (name: string) => RandomStream): RequestTable {
      const order = inOrder(times.view()).subarray(0, Math.min(times.length, requestsMax));
      const table = {
        count: order.length,
        arrivalS: Float64Array.from(order, (row) => times.get(row)),
        promptTokens: Int32Array.from(order, (row) => prompts.get(row)),
        outputTokens: Int32Array.from(order, (row) => outputs.get(row)),
      };
      const startOf = Int32Array.from(order, (row) => starts.get(row));
      return { ...table, ...sharedColumns(classes, startOf, classOfStart.toArray(), fork) };
    },
  };
}

function inOrder(times: Float64Array): Int32Array {
  const order = new Int32Array(times.length).map((_, row) => row);
  const isSorted = times.every((time, row) => row === 0 || times[row - 1]! <= time);
  return isSorted ? order : order.sort((a, b) => times[a]! - times[b]! || a - b);
}

/** Class, prefix, adapter and conversation, each only where the traffic has any. */
function sharedColumns(
  classes: readonly TrafficClass[],
  startOf: Int32Array,
  classOfStart: Int32Array,
  fork: (name: string) => RandomStream,
): Partial<RequestTable> {
  const adapterNames = [
    ...new Set(classes.flatMap(({ adapters = [] }) => adapters.map(({ name }) => name))),
  ].filter((name) => name !== "");
  const groups = Int32Array.from(classes, ({ prefix }) => prefix?.groups ?? 0);
  const groupsBefore = groups.map((_, at) => groups.slice(0, at).reduce((sum, n) => sum + n, 0));
  const adapterOf = classes.map(({ adapters = [] }) => {
    const choose = createWeightedChoice(adapters.map(({ weight }) => weight));
    const chances = fork("adapters");
    return () =>
      adapters.length === 0 ? -1 : adapterNames.indexOf(adapters[choose(chances.uniform())]!.name);
  });
  const prefixes = fork("prefixes");
  const groupOfStart = classOfStart.map((at) =>
    groups[at]! === 0 ? -1 : groupsBefore[at]! + prefixes.integerBelow(groups[at]!),
  );
  const adapterOfStart = classOfStart.map((at) => adapterOf[at]!());
  const hasConversation = classes.some(({ conversation }) => conversation !== undefined);
  const conversation = startOf.map((start) =>
    classes[classOfStart[start]!]!.conversation === undefined ? -1 : start,
  );
  const tokens = startOf.map((start) => classes[classOfStart[start]!]!.prefix?.tokens ?? 0);
  return {
    ...(classes.length === 1
      ? {}
      : {
          classes: {
            names: classes.map(({ name }) => name),
            index: startOf.map((start) => classOfStart[start]!),
          },
        }),
    ...(adapterNames.length === 0
      ? {}
      : {
          adapters: {
            names: adapterNames,
            index: startOf.map((start) => adapterOfStart[start]!),
          },
        }),
    ...(groups.every((count) => count === 0)
      ? {}
      : { prefixes: { group: startOf.map((start) => groupOfStart[start]!), tokens } }),
    ...(hasConversation ? { conversation } : {}),
  };
}
