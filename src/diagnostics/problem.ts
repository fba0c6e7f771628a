/** Where something stands in a file a person wrote. Lines and columns count from 1. */
export interface SourceRange {
  readonly file: string;
  readonly line: number;
  readonly col: number;
  readonly endLine: number;
  readonly endCol: number;
}

/**
 * One thing that is wrong with the input, in the form every writer (terminal, JSON, GitHub) prints.
 *
 * `message` says what is wrong and what is allowed; `help` says what to do next.
 */
export interface Problem extends Partial<SourceRange> {
  readonly file: string;
  /** Stable name of the rule that was broken, such as `unknown-field`. */
  readonly rule: string;
  readonly message: string;
  /** Path of the field inside the document, such as `cluster.nodes[0].hosting`. */
  readonly path?: string;
  readonly allowed?: readonly string[];
  /** Nearest valid name, when there is one. */
  readonly suggestion?: string;
  /** The next step, such as `headroom explain cluster.nodes[].hosting`. */
  readonly help?: string;
  /** The offending source line, for the code frame. */
  readonly sourceLine?: string;
}

/** Thrown for input a person can mend. Carries every problem found, not only the first. Exit code 2. */
export class InputError extends Error {
  readonly code = "INPUT";
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map((problem) => `${problem.file}: ${problem.message}`).join("\n"));
    this.name = "InputError";
    this.problems = problems;
  }
}
