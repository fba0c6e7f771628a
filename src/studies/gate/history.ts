import { processTimeS, type BenchmarkResult } from "../../benchmark/result-document.js";
import { InputError } from "../../diagnostics/problem.js";
import { quantile } from "../../stats/quantile.js";
import type { GateOutcome, GateVerdict } from "./gate-outcome.js";

/** Identifies the format of a line of a history file. */
export const HISTORY_SCHEMA = "headroom/bench-history/v1";

/** One line of a history file: one gate run. The file is only ever appended to. */
export interface HistoryEntry {
  readonly schema: typeof HISTORY_SCHEMA;
  /** When the new side was measured: ISO 8601, UTC. */
  readonly measuredAt: string;
  readonly version: string;
  readonly suite: string;
  readonly build: string;
  /** Fingerprint of the machine: figures of different ones are never compared. */
  readonly environment: string;
  readonly status: GateOutcome["status"];
  readonly cases: Readonly<
    Record<string, { readonly timeS: number; readonly verdict: GateVerdict }>
  >;
}

/** The entry a gate run adds. */
export function historyEntry(result: BenchmarkResult, outcome: GateOutcome): HistoryEntry {
  const verdicts = new Map(outcome.cases.map(({ id, verdict }) => [id, verdict]));
  return {
    schema: HISTORY_SCHEMA,
    measuredAt: result.endedAt,
    version: result.version,
    suite: result.suite.name,
    build: result.session.buildDescription,
    environment: result.environment.id,
    status: outcome.status,
    cases: Object.fromEntries(
      result.cases
        .filter(({ id, runs }) => runs.length > 0 && verdicts.has(id))
        .map(({ id, runs }) => [
          id,
          { timeS: quantile(runs.map(processTimeS), 0.5)!, verdict: verdicts.get(id)! },
        ]),
    ),
  };
}

/**
 * Reads a history file, one JSON object per line.
 *
 * @throws InputError naming the line that is none
 */
export function readHistory(file: string, text: string): readonly HistoryEntry[] {
  const entries: HistoryEntry[] = [];
  text.split("\n").forEach((line, index) => {
    if (line.trim() === "") return;
    let entry: Partial<HistoryEntry> | undefined;
    try {
      entry = JSON.parse(line) as Partial<HistoryEntry>;
    } catch {
      entry = undefined;
    }
    const isEntry =
      entry?.schema === HISTORY_SCHEMA &&
      typeof entry.measuredAt === "string" &&
      typeof entry.environment === "string" &&
      typeof entry.cases === "object" &&
      Object.values(entry.cases).every(({ timeS }) => typeof timeS === "number" && timeS > 0);
    if (!isEntry) {
      throw new InputError([
        {
          file,
          line: index + 1,
          rule: "bad-history",
          message: `line ${index + 1} is no entry of a benchmark history (${HISTORY_SCHEMA})`,
          help: "name another file with --history; this one is left as it is",
        },
      ]);
    }
    entries.push(entry as HistoryEntry);
  });
  return entries;
}

/** Fewest entries on each side of a change point. */
const SEGMENT_MIN = 5;
/** A change in the level below this is no creep worth a warning. */
const CREEP_MIN = 0.03;

/** A lasting change of level found in a history. */
export interface ChangePoint {
  readonly caseId: string;
  /** Position of the first entry after the change. */
  readonly at: number;
  /** Median after over median before. */
  readonly ratio: number;
}

/**
 * Slow creep that pairwise gates miss: the best place to split each case's series in two, by the energy statistic
 * of Matteson & James (arXiv 1306.4933), told when the medians differ by over 3 % and the statistic is above what
 * every split of the series within its own segments gives. It warns and never fails a gate.
 */
export function changePoints(entries: readonly HistoryEntry[]): readonly ChangePoint[] {
  const last = entries.at(-1);
  if (last === undefined) return [];
  const comparable = entries.filter(({ environment }) => environment === last.environment);
  return Object.keys(last.cases).flatMap((caseId) => {
    const series = comparable.flatMap(({ cases }) => cases[caseId]?.timeS ?? []);
    const best = bestSplit(series);
    if (best === undefined) return [];
    const ratio = quantile(series.slice(best.at), 0.5)! / quantile(series.slice(0, best.at), 0.5)!;
    const isLasting =
      Math.abs(ratio - 1) > CREEP_MIN &&
      best.statistic > 2 * (bestSplit(series.slice(0, best.at), 2)?.statistic ?? 0) &&
      best.statistic > 2 * (bestSplit(series.slice(best.at), 2)?.statistic ?? 0);
    return isLasting ? [{ caseId, at: best.at, ratio }] : [];
  });
}

/** The split with the largest energy statistic, by which two halves differ most. */
export function bestSplit(
  series: readonly number[],
  segmentMin = SEGMENT_MIN,
): { readonly at: number; readonly statistic: number } | undefined {
  let best: { readonly at: number; readonly statistic: number } | undefined;
  for (let at = segmentMin; at + segmentMin <= series.length; at++) {
    const statistic = energyStatistic(series.slice(0, at), series.slice(at));
    if (best === undefined || statistic > best.statistic) best = { at, statistic };
  }
  return best;
}

/** Q of Matteson & James with α = 1: between distances twice, less the distances within each side. */
function energyStatistic(left: readonly number[], right: readonly number[]): number {
  const [m, n] = [left.length, right.length];
  let between = 0;
  for (const x of left) for (const y of right) between += Math.abs(x - y);
  const scale = (2 * 1) / (m + n);
  return (
    scale * between -
    ((2 * n) / ((m + n) * (m - 1))) * pairDistances(left) -
    ((2 * m) / ((m + n) * (n - 1))) * pairDistances(right)
  );
}

function pairDistances(values: readonly number[]): number {
  let sum = 0;
  values.forEach((value, index) => {
    for (let other = index + 1; other < values.length; other++)
      sum += Math.abs(value - values[other]!);
  });
  return sum;
}
