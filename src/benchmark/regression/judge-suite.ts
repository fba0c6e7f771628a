import { log } from "../../base/elementary.js";
import { hodgesLehmannOfLogs, logsOf } from "../../stats/hodges-lehmann.js";
import { holmAdjusted } from "../../stats/holm.js";
import { mannWhitney, smallestMannWhitneyP } from "../../stats/mann-whitney.js";
import { welchRatio } from "../../stats/welch.js";
import { processesNeeded, processesToDecide, robustDeviation } from "./processes-needed.js";
import type { VerdictSettings } from "./verdict-settings.js";

/** What is said of one case. */
export type Verdict =
  "regression" | "improvement" | "no change shown" | "too noisy" | "cannot decide";

/** Times of one case on both sides: one number per process run, never one per launch. */
export interface CaseTimes {
  readonly id: string;
  /** Seconds; positive and finite. */
  readonly baseS: readonly number[];
  readonly newS: readonly number[];
}

/** The verdict on one case with all it rests on. */
export interface CaseVerdict {
  readonly id: string;
  readonly verdict: Verdict;
  /** Why, in one sentence with figures. */
  readonly reason: string;
  readonly processes: { readonly base: number; readonly new: number };
  /** Hodges–Lehmann ratio, new over base: above 1 is slower. */
  readonly ratio: number;
  /** Exact Mann–Whitney interval of the ratio; absent with too few processes for one. */
  readonly interval?: readonly [low: number, high: number];
  /** Confidence the exact interval really has, at least the one asked for. */
  readonly intervalConfidence?: number;
  /** Exact two-sided Mann–Whitney p-value. */
  readonly p: number;
  /** The same after Holm's correction for all cases of the suite. */
  readonly pAdjusted: number;
  /** True when equal times made mid-ranks necessary: a clock too coarse for the case. */
  readonly hasTies: boolean;
  /** Welch's ratio of geometric means, as a second opinion; it never decides. */
  readonly welch?: {
    readonly ratio: number;
    readonly interval: readonly [number, number];
    readonly p: number;
  };
  /** Spread of processes of one side: 1.4826 times the median absolute deviation of logarithms, larger side. */
  readonly noiseShare: number;
  /** Processes per side that are missing, where that is the answer. */
  readonly moreProcesses?: number;
}

/**
 * Judges all cases of a suite together.
 *
 * A case is a regression when its Mann–Whitney p-value stays below α after Holm's correction over the suite
 * *and* its Hodges–Lehmann ratio is beyond the minimum effect. A case with so few processes that no data could
 * ever pass the first step of Holm's procedure cannot be decided. What is left is "no change shown" where the
 * interval leaves out a shift of the size to detect, else too noisy, with the processes that are missing.
 *
 * @throws RangeError when a case has no process on a side or a time is not positive
 */
export function judgeSuite(
  cases: readonly CaseTimes[],
  settings: VerdictSettings,
): readonly CaseVerdict[] {
  const measured = cases.map((times) => ({
    times,
    base: logsOf(times.baseS),
    new: logsOf(times.newS),
  }));
  const tests = measured.map((sides) => mannWhitney(sides.base, sides.new));
  const adjusted = holmAdjusted(tests.map(({ p }) => p));
  return measured.map((sides, index) => {
    const { times } = sides;
    const estimate = hodgesLehmannOfLogs(sides.base, sides.new, {
      confidence: settings.confidence,
    });
    const second = welchRatio(sides.base, sides.new, { confidence: settings.confidence });
    const noiseShare = Math.max(robustDeviation(sides.base), robustDeviation(sides.new));
    const figures = {
      id: times.id,
      processes: { base: times.baseS.length, new: times.newS.length },
      ratio: estimate.ratio,
      ...(estimate.interval === undefined ? {} : { interval: estimate.interval }),
      ...(estimate.confidence === undefined ? {} : { intervalConfidence: estimate.confidence }),
      p: tests[index]!.p,
      pAdjusted: adjusted[index]!,
      hasTies: tests[index]!.hasTies,
      ...(second === undefined ? {} : { welch: second }),
      noiseShare,
    };
    return { ...figures, ...decide(figures, cases.length, settings) };
  });
}

type Figures = Omit<CaseVerdict, "verdict" | "reason" | "moreProcesses">;
type Decision = Pick<CaseVerdict, "verdict" | "reason"> & { readonly moreProcesses?: number };

function decide(figures: Figures, suiteSize: number, settings: VerdictSettings): Decision {
  const { base, new: after } = figures.processes;
  const { familyAlpha, effectMin, effectToDetect } = settings;
  if (smallestMannWhitneyP(base, after) * suiteSize > familyAlpha) {
    const needed = processesToDecide(suiteSize, familyAlpha);
    return {
      verdict: "cannot decide",
      reason: `${base} and ${after} processes can never decide a suite of ${cases(suiteSize)} at ${percent(familyAlpha)}; at least ${needed} per side can`,
      moreProcesses: Math.max(1, needed - Math.min(base, after)),
    };
  }
  const isSignificant = figures.pAdjusted <= familyAlpha;
  const shift = log(figures.ratio);
  const least = log(1 + effectMin);
  if (isSignificant && Math.abs(shift) > least) {
    const word = shift > 0 ? "slower" : "faster";
    return {
      verdict: shift > 0 ? "regression" : "improvement",
      reason: `${percent(Math.abs(figures.ratio - 1))} ${word}; p ${small(figures.pAdjusted)} after Holm over ${cases(suiteSize)}`,
    };
  }
  const seen = log(1 + effectToDetect);
  const [low, high] = figures.interval ?? [0, Infinity];
  if (low > 0 && log(low) > -seen && log(high) < seen) {
    return {
      verdict: "no change shown",
      reason: isSignificant
        ? `a shift of ${percent(figures.ratio - 1)} is there and below the minimum effect of ${percent(effectMin)}`
        : `a shift of ${percent(effectToDetect)} either way is outside the interval`,
    };
  }
  const needed = processesNeeded({
    noiseShare: figures.noiseShare,
    effectShare: effectToDetect,
    alpha: familyAlpha / suiteSize,
  });
  // The interval was too wide whatever the formula says: at least some more are needed.
  const more = Math.max(needed - Math.min(base, after), Math.ceil(Math.min(base, after) / 4), 1);
  return {
    verdict: "too noisy",
    reason: `the interval still allows a shift of ${percent(effectToDetect)}; processes differ by ${percent(figures.noiseShare)}; about ${more} more per side are needed`,
    moreProcesses: more,
  };
}

function cases(count: number): string {
  return count === 1 ? "1 case" : `${count} cases`;
}

function percent(share: number): string {
  const value = share * 100;
  return `${Number(value.toPrecision(Math.abs(value) < 1 ? 1 : 2))} %`;
}

function small(p: number): string {
  return p < 0.0001 ? "< 0.0001" : String(Number(p.toPrecision(2)));
}
