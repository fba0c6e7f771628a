import { SpecificationError } from "../../base/specification-error.js";
import { InputError } from "../../diagnostics/problem.js";

/**
 * Does work on a specification that a person wrote; what cannot be run becomes their problem to mend.
 *
 * @param file the scenario or cluster file that asked for it
 * @param configuration what is being run, when it is a variant
 * @throws InputError in place of a SpecificationError; other errors pass unchanged
 */
export function withSpecificationFaults<Result>(
  file: string,
  configuration: string | undefined,
  work: () => Result,
): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SpecificationError)) throw error;
    const where = configuration === undefined ? "" : ` (in variant "${configuration}")`;
    throw new InputError([
      {
        file,
        rule: "cannot-run",
        message: `${error.message}${where}`,
        help: "headroom explain policy",
      },
    ]);
  }
}
