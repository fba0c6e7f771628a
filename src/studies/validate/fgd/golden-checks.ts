import { boundedCheck, type Check } from "../check.js";
import type { PublishedRun } from "./curve-checks.js";
import type { TypicalPodRow } from "./replay-task.js";

/** An independent computation of one published experiment, with its openings. */
export interface GoldenRun {
  readonly typicalPods: readonly TypicalPodRow[];
  readonly first20Arrivals: readonly string[];
  readonly first10Nodes: readonly string[];
  readonly npods: number;
  /** By the study's name of the policy, such as `BestFit`. */
  readonly placements: Readonly<Record<string, GoldenPlacement>>;
}

/** What one policy did. */
export interface GoldenPlacement {
  /** Names of the nodes of the first 20 pods. */
  readonly first20: readonly string[];
  readonly failed: number;
  readonly usedGpuMilli: number;
  readonly alloc: readonly number[];
  readonly frag: readonly number[];
}

/** Compares the runs on the golden file's arrival order with everything it holds. */
export function goldenChecks(
  golden: GoldenRun,
  file: string,
  runs: readonly PublishedRun[],
): readonly Check[] {
  const any = runs[0]!.report;
  const source = `${file}: an independent re-implementation of the FGD experiment`;
  const compare = createComparer(source);
  const rows = [
    compare.lists(
      "typical-pods",
      "typical pods with their weights, every digit",
      golden.typicalPods,
      any.typicalPods,
    ),
    compare.numbers("pods", "pods that arrive", golden.npods, any.pods),
    compare.lists(
      "first-arrivals",
      "first pods to arrive",
      golden.first20Arrivals,
      any.firstArrivals,
    ),
    compare.lists("first-nodes", "first nodes in tie order", golden.first10Nodes, any.firstNodes),
    ...Object.entries(golden.placements).flatMap(([published, placement]) => {
      const run = runs.find(({ policy }) => policy.replaceAll("-", "") === published.toLowerCase());
      return run === undefined ? [] : placementChecks(placement, run, compare);
    }),
  ];
  const passed = rows.filter(({ pass }) => pass === true).length;
  const summary = boundedCheck({
    id: "fgd/golden",
    topic: "fgd",
    what: "golden run: typical pods, first placements, refusals, end state and curves reproduced",
    source,
    expected: rows.length,
    actual: passed,
    error: rows.length - passed,
    unit: "comparisons",
    bar: 0,
  });
  return [summary, ...rows];
}

function placementChecks(
  golden: GoldenPlacement,
  { policy, report }: PublishedRun,
  compare: Comparer,
): readonly Check[] {
  return [
    compare.lists(
      `${policy}/first-placements`,
      `${policy}: nodes of the first pods`,
      golden.first20,
      report.firstPlacements,
    ),
    compare.numbers(
      `${policy}/failed-pods`,
      `${policy}: pods that fit nowhere`,
      golden.failed,
      report.failedPods,
    ),
    compare.numbers(
      `${policy}/used-gpu-milli`,
      `${policy}: milli-GPUs in use at the end`,
      golden.usedGpuMilli,
      report.usedGpuMilli,
    ),
    compare.lists(
      `${policy}/allocation`,
      `${policy}: points of the allocation curve`,
      golden.alloc,
      report.allocationPct,
    ),
    compare.lists(
      `${policy}/frag-amount`,
      `${policy}: points of the fragment curve`,
      golden.frag,
      report.fragAmountPct,
    ),
  ];
}

interface Comparer {
  /** Passes when the numbers are equal. */
  numbers(id: string, what: string, expected: number, actual: number): Check;
  /** Passes when the lists are equal in length and every entry. */
  lists(id: string, what: string, expected: readonly unknown[], actual: readonly unknown[]): Check;
}

function createComparer(source: string): Comparer {
  const check = (
    id: string,
    what: string,
    expected: number,
    actual: number,
    error: number,
    unit: string,
  ): Check =>
    boundedCheck({
      id: `fgd/golden/${id}`,
      topic: "fgd",
      source,
      what,
      expected,
      actual,
      error,
      unit,
      bar: 0,
      detail: true,
    });
  return {
    numbers: (id, what, expected, actual) =>
      check(id, what, expected, actual, Math.abs(expected - actual), ""),
    lists(id, what, expected, actual) {
      const equal = expected.filter(
        (value, i) => JSON.stringify(value) === JSON.stringify(actual[i]),
      ).length;
      const unequal = Math.max(expected.length, actual.length) - equal;
      return check(id, what, expected.length, equal, unequal, "entries");
    },
  };
}
