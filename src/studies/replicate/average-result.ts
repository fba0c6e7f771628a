import { OPTIONAL_PARTS, type OptionalResults } from "../run/optional-results.js";
import type { GroupResult, RunResult, WaitReasonResult } from "../run/result-document.js";
import type { ComputedResult } from "./replication-intervals.js";

/**
 * The mean of results over replications, number by number.
 *
 * A number that some replications lack (the percentile of a tenant that had no job) is the mean over those
 * that have it; counts of groups and reasons that do not occur are 0. Events are summed, and the reason for
 * the end of a run is the worst.
 */
export function averageResults(results: readonly ComputedResult[]): ComputedResult {
  const [first] = results;
  if (first === undefined) throw new Error("average: there must be at least one replication");
  return {
    jobs: averageOf(results.map(({ jobs }) => jobs)),
    gpu: averageOf(results.map(({ gpu }) => gpu)),
    waitReasons: averageReasons(results.map(({ waitReasons }) => waitReasons)),
    tenants: averageGroups(results.map(({ tenants }) => tenants)),
    partitions: averageGroups(results.map(({ partitions }) => partitions)),
    warnings: gatherWarnings(results.map(({ warnings }) => warnings)),
    stopReason: worstStop(results),
    endS: meanOf(results.map(({ endS }) => endS)),
    eventsHandled: results.reduce((sum, { eventsHandled }) => sum + eventsHandled, 0),
    ...averageParts(results),
  };
}

/** Parts that only some runs have: the mean over all runs, where a list lacks an entry with zeros. */
function averageParts(results: readonly ComputedResult[]): OptionalResults {
  const parts: Record<string, unknown> = {};
  for (const name of OPTIONAL_PARTS) {
    const given = results.flatMap((result) => (result[name] === undefined ? [] : [result[name]]));
    if (given.length > 0) parts[name] = averageOf<object>(given);
  }
  return withWorstVerdicts(parts, results);
}

const VERDICTS = ["overloaded", "backlogged", "stable"] as const;

/** A service that did not keep up in one replication did not keep up. */
function withWorstVerdicts(
  parts: OptionalResults,
  results: readonly ComputedResult[],
): OptionalResults {
  const { serving } = parts;
  if (serving === undefined) return parts;
  const services = serving.services.map((service) => {
    const found = results.flatMap(
      (one) => one.serving?.services.find(({ name }) => name === service.name)?.verdict ?? [],
    );
    return { ...service, verdict: VERDICTS.find((verdict) => found.includes(verdict)) ?? null };
  });
  return { ...parts, serving: { ...serving, services } };
}

/** Objects of equal shape: numbers are averaged, objects gone into, truth is that of the majority. */
function averageOf<Value extends object>(values: readonly Value[]): Value {
  const keys = [...new Set(values.flatMap((value) => Object.keys(value)))];
  const entries = keys.map((key): [string, unknown] => {
    const all = values.map((value) => (value as Record<string, unknown>)[key]);
    return [key, averageValue(all)];
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Value;
}

function averageValue(all: readonly unknown[]): unknown {
  const given = all.filter((value) => value !== null && value !== undefined);
  const [first] = given;
  if (first === undefined) return null;
  // Words about one run, such as how an amount was computed, say nothing about a mean over several.
  if (typeof first === "string") return given.every((text) => text === first) ? first : undefined;
  if (Array.isArray(first)) return averageList(given as (readonly Named[])[]);
  if (typeof first === "object") return averageOf(given as object[]);
  if (typeof first === "boolean") return given.filter(Boolean).length * 2 >= all.length;
  return meanOf(given as number[]);
}

/** An entry of a list in a result: its name tells it from the others. */
interface Named {
  readonly name: string;
}

/** Entries by name, in the order in which they first occur; numbers of an entry that a list lacks are 0 there. */
function averageList(lists: readonly (readonly Named[])[]): readonly Named[] {
  const names = [...new Set(lists.flat().map(({ name }) => name))];
  return names.map((name) => {
    const found = lists.map((list) => list.find((entry) => entry.name === name));
    const shape = found.find((entry) => entry !== undefined)!;
    const none = Object.fromEntries(
      Object.entries(shape).map(([key, value]) => [key, typeof value === "number" ? 0 : value]),
    ) as unknown as Named;
    return averageOf(found.map((entry) => entry ?? none));
  });
}

function averageReasons(
  lists: readonly (readonly WaitReasonResult[])[],
): readonly WaitReasonResult[] {
  const sums = new Map<string, { jobs: number; waitHours: number }>();
  for (const { reason, jobs, waitHours } of lists.flat()) {
    const sum = sums.get(reason) ?? { jobs: 0, waitHours: 0 };
    sums.set(reason, { jobs: sum.jobs + jobs, waitHours: sum.waitHours + waitHours });
  }
  return [...sums]
    .map(([reason, { jobs, waitHours }]) => ({
      reason,
      jobs: jobs / lists.length,
      waitHours: waitHours / lists.length,
    }))
    .sort(
      (left, right) => right.waitHours - left.waitHours || (left.reason < right.reason ? -1 : 1),
    );
}

function averageGroups(lists: readonly (readonly GroupResult[])[]): readonly GroupResult[] {
  const names = [...new Set(lists.flat().map(({ name }) => name))];
  return names.map((name) => {
    const found = lists.flatMap((list) => list.filter((group) => group.name === name));
    const perRun = (value: (group: GroupResult) => number): number =>
      found.reduce((sum, group) => sum + value(group), 0) / lists.length;
    return {
      name,
      jobs: perRun(({ jobs }) => jobs),
      gpuHours: perRun(({ gpuHours }) => gpuHours),
      waitS: averageOf(found.map(({ waitS }) => waitS)),
      ...averageGroupParts(found, lists.length),
    };
  });
}

function averageGroupParts(
  groups: readonly GroupResult[],
  runs: number,
): Pick<GroupResult, "outcomes" | "lane"> {
  const outcomes = groups.flatMap((group) => group.outcomes ?? []);
  const none = { completed: 0, running: 0, waiting: 0, neverPlaceable: 0 };
  const absent = Array.from({ length: runs - groups.length }, () => none);
  const lanes = groups.flatMap((group) => group.lane ?? []);
  return {
    ...(outcomes.length === 0 ? {} : { outcomes: averageOf([...outcomes, ...absent]) }),
    ...(lanes.length === 0 ? {} : { lane: averageOf(lanes) }),
  };
}

/** Warnings that differ in their numbers only are one, with the count of runs that gave it. */
function gatherWarnings(lists: readonly (readonly string[])[]): readonly string[] {
  const kinds = new Map<string, { readonly first: string; runs: number }>();
  for (const warnings of lists) {
    const inRun = new Set(warnings.map((warning) => warning.replace(/[\d.,]+/g, "#")));
    for (const kind of inRun) {
      const known = kinds.get(kind);
      if (known !== undefined) known.runs++;
      else {
        const first = warnings.find((warning) => warning.replace(/[\d.,]+/g, "#") === kind)!;
        kinds.set(kind, { first, runs: 1 });
      }
    }
  }
  return [...kinds.values()].map(({ first, runs }) =>
    lists.length === 1 ? first : `In ${runs} of ${lists.length} replications, as in: ${first}`,
  );
}

function worstStop(results: readonly ComputedResult[]): RunResult["stopReason"] {
  for (const reason of ["event-limit", "time-limit"] as const) {
    if (results.some(({ stopReason }) => stopReason === reason)) return reason;
  }
  return "drained";
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
