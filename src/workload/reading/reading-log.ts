import { InputError } from "../../diagnostics/problem.js";
import type { Problem } from "../../diagnostics/problem.js";

/** What to do about a row that breaks a rule. Nothing is ever dropped without being counted. */
export type BrokenRows =
  /** Read on, then throw all problems at once: for runs, where a missing job is a wrong answer. */
  | "refuse"
  /** Throw at the first problem. */
  | "refuse-first"
  /** Leave the row out, count and report it: for a look at a trace, and for repairs. */
  | "leave-out";

/** Rows that are well-formed and yet no jobs of the replay, such as jobs that never started. */
export interface LeftOut {
  readonly reason: string;
  readonly rows: number;
  /** Line of the first such row. */
  readonly firstLine: number;
}

/** What reading a trace found besides jobs. */
export interface ReadingFindings {
  /** The first problems, in file order; at most `problemsMax`. */
  readonly problems: readonly Problem[];
  /** All problems, also those not kept. */
  readonly problemCount: number;
  readonly problemCountByRule: Readonly<Record<string, number>>;
  readonly leftOut: readonly LeftOut[];
  /** What the reader assumed or changed, one sentence each. */
  readonly notes: readonly string[];
}

/** Collects problems, rows left out and notes while a trace is read. */
export interface ReadingLog {
  readonly problemCount: number;
  /** `describe` is called only when the problem is kept: building a position costs time. */
  problem(rule: string, describe: () => Omit<Problem, "rule">): void;
  /** Reports a problem after which reading cannot go on, and throws. */
  fatal(problem: Problem): never;
  leaveOut(reason: string, line: number): void;
  /**
   * Says something about the whole trace. The same sentence is kept once; `{count}` in it becomes the
   * number of times it was said.
   */
  note(sentence: string): void;
  findings(): ReadingFindings;
  /** Throws what was collected, unless broken rows are to be left out. */
  throwIfRefused(): void;
}

/** Problems kept with their full text when `problemsMax` is not given. */
const PROBLEMS_KEPT = 20;

/** Creates an empty log. */
export function createReadingLog(
  options: { readonly brokenRows?: BrokenRows; readonly problemsMax?: number } = {},
): ReadingLog {
  const { brokenRows = "refuse", problemsMax = PROBLEMS_KEPT } = options;
  const problems: Problem[] = [];
  const countByRule = new Map<string, number>();
  const leftOut = new Map<string, { rows: number; firstLine: number }>();
  const notes = new Map<string, number>();
  let problemCount = 0;

  const allProblems = (): readonly Problem[] => {
    const first = problems[0];
    const notKept = problemCount - problems.length;
    if (first === undefined || notKept === 0) return problems;
    const rules = [...countByRule].map(([rule, count]) => `${rule} ${count}`).join(", ");
    const message = `${notKept} more problems of this kind are not listed (all together: ${rules})`;
    return [...problems, { file: first.file, rule: "more-problems", message }];
  };

  return {
    get problemCount() {
      return problemCount;
    },
    problem(rule, describe) {
      problemCount += 1;
      countByRule.set(rule, (countByRule.get(rule) ?? 0) + 1);
      if (problems.length >= problemsMax) return;
      problems.push({ ...describe(), rule });
      if (brokenRows === "refuse-first") throw new InputError(problems);
    },
    fatal(problem) {
      throw new InputError([...allProblems(), problem]);
    },
    leaveOut(reason, line) {
      const known = leftOut.get(reason);
      if (known === undefined) leftOut.set(reason, { rows: 1, firstLine: line });
      else known.rows += 1;
    },
    note(sentence) {
      notes.set(sentence, (notes.get(sentence) ?? 0) + 1);
    },
    findings: () => ({
      problems,
      problemCount,
      problemCountByRule: Object.fromEntries(countByRule),
      leftOut: [...leftOut].map(([reason, counts]) => ({ reason, ...counts })),
      notes: [...notes].map(([sentence, count]) => sentence.replaceAll("{count}", String(count))),
    }),
    throwIfRefused() {
      if (problemCount > 0 && brokenRows !== "leave-out") throw new InputError(allProblems());
    },
  };
}
