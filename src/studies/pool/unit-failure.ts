import { SpecificationError } from "../../base/specification-error.js";
import { InputError } from "../../diagnostics/problem.js";
import type { UnitFailure, UnitScenario } from "./unit.js";

/** What went wrong in a unit, as it is sent back from a thread. */
export function failureOf(
  { scenario, seed }: { readonly scenario: UnitScenario; readonly seed: number },
  error: unknown,
): UnitFailure {
  if (error instanceof InputError) {
    return { ok: false, kind: "input", message: error.message, problems: error.problems };
  }
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof SpecificationError) {
    const problem = {
      file: scenario.path,
      rule: "cannot-run",
      message,
      help: "headroom explain policy",
    };
    return { ok: false, kind: "input", message, problems: [problem] };
  }
  const stack = error instanceof Error ? (error.stack ?? message) : message;
  return { ok: false, kind: "defect", message: `seed ${seed}: ${stack}`, problems: [] };
}
