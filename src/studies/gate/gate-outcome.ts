import type { Verdict } from "../../benchmark/regression/judge-suite.js";

/** Identifies the format. Fields may be added within v1; none is taken away or changes its meaning. */
export const GATE_OUTCOME_SCHEMA = "headroom/gate/v1";

/** The answer of the whole gate: any regression fails it; what could not be told is never a pass. */
export type GateStatus = "pass" | "regression" | "cannot measure";

/** What is said of one case: the verdicts on benchmarks, and `new case` for what the baseline does not have. */
export type GateVerdict = Verdict | "new case";

/** One side of a comparison. */
export interface GateSide {
  /** File as written on the command line, or what was run. */
  readonly file: string;
  /** SHA-256 of the file; absent where it was measured just now. */
  readonly sha256?: string;
  /** What it is, such as a version, a commit and the device. */
  readonly description: string;
}

/** One figure that was compared. */
export interface GateCase {
  /** Unique in the document: the case of a suite, or `scenario: metric`. */
  readonly id: string;
  /** What the figure is: `time` of a kernel, or the metric's path in result.json. */
  readonly metric: string;
  readonly unit: string;
  readonly better: "smaller" | "larger" | "neither";
  /** In `unit`; null where that side has no value. */
  readonly base: number | null;
  readonly new: number | null;
  /** Interval of `new` in `unit`, where there is one. */
  readonly newInterval?: readonly [low: number, high: number];
  /** New over base; absent where a side has no value or base is 0. */
  readonly ratio?: number;
  readonly ratioInterval?: readonly [low: number, high: number];
  /** Confidence the interval really has. */
  readonly confidence?: number;
  /** Two-sided p-value after Holm's correction over the suite, for benchmarks. */
  readonly pAdjusted?: number;
  /** Process runs per side, for benchmarks. */
  readonly processes?: { readonly base: number; readonly new: number };
  /** Processes per side that are missing, where that is the answer. */
  readonly moreProcesses?: number;
  readonly verdict: GateVerdict;
  /** Why, in one sentence with figures. */
  readonly reason: string;
  /** File an annotation points at. */
  readonly file?: string;
}

/** What `bench compare`, `bench gate` and `gate` found; what every output format is made from. */
export interface GateOutcome {
  readonly schema: typeof GATE_OUTCOME_SCHEMA;
  /** Version of Headroom that compared. */
  readonly version: string;
  readonly kind: "benchmark" | "scenario";
  /** Name of the suite, or `scenarios`. */
  readonly name: string;
  readonly status: GateStatus;
  /** The answer in one sentence. */
  readonly sentence: string;
  readonly base: GateSide;
  readonly new: GateSide;
  /** Rules of the verdicts, name and value. */
  readonly settings: Readonly<Record<string, number | string>>;
  /** Worst first: regressions, what cannot be told, improvements, the rest in the order of the suite. */
  readonly cases: readonly GateCase[];
  /** In full sentences. */
  readonly warnings: readonly string[];
}

const ORDER: readonly GateVerdict[] = [
  "regression",
  "cannot decide",
  "too noisy",
  "improvement",
  "new case",
  "no change shown",
];

/** Worst first: by verdict, then the largest change; equal ones keep their order. */
export function worstFirst(cases: readonly GateCase[]): readonly GateCase[] {
  const size = ({ ratio }: GateCase): number =>
    ratio === undefined ? Infinity : Math.max(ratio, ratio > 0 ? 1 / ratio : Infinity);
  return ORDER.flatMap((verdict) => {
    const same = cases.filter((item) => item.verdict === verdict);
    // Without a change to speak of the order of the suite reads best.
    if (verdict === "no change shown" || verdict === "new case") return same;
    return same.toSorted((left, right) => {
      const [a, b] = [size(left), size(right)];
      return a === b ? 0 : b - a;
    });
  });
}

/**
 * The answer of the gate. A regression fails; else a case that could not be told keeps it from passing.
 *
 * @param allowNoisy passes what is too noisy to tell; what cannot be decided still does not pass
 */
export function gateStatus(cases: readonly GateCase[], allowNoisy: boolean): GateStatus {
  const has = (verdict: GateVerdict): boolean => cases.some((item) => item.verdict === verdict);
  if (has("regression")) return "regression";
  if (has("cannot decide") || (has("too noisy") && !allowNoisy)) return "cannot measure";
  return "pass";
}

/** The answer in one sentence: the worst case by name, and how many there are. */
export function gateSentence(
  status: GateStatus,
  cases: readonly GateCase[],
  noun: { readonly one: string; readonly many: string },
): string {
  const of = (verdicts: readonly GateVerdict[]): readonly GateCase[] =>
    cases.filter(({ verdict }) => verdicts.includes(verdict));
  const counted = (count: number): string => `${count} ${count === 1 ? noun.one : noun.many}`;
  const worse = of(["regression"]);
  const unclear = of(["cannot decide", "too noisy"]);
  if (status === "regression") {
    const others = worse.length - 1;
    const rest = others === 0 ? "" : `, and ${others} more`;
    return `Worse: ${worse[0]!.id} (${worse[0]!.reason})${rest}; ${counted(cases.length)} compared.`;
  }
  if (status === "cannot measure") {
    return `Cannot tell for ${unclear.length} of ${counted(cases.length)}: ${unclear[0]!.id}: ${unclear[0]!.reason}.`;
  }
  const better = of(["improvement"]).length;
  const added = of(["new case"]).length;
  return [
    `No regression shown in ${counted(cases.length - added)}`,
    ...(better > 0 ? [`${better} improved`] : []),
    ...(unclear.length > 0 ? [`${unclear.length} too noisy to tell`] : []),
    ...(added > 0 ? [`${added} without a baseline`] : []),
  ]
    .join("; ")
    .concat(".");
}
