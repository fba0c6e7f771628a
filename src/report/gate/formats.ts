import type { GateOutcome } from "../../studies/gate/gate-outcome.js";
import { gateActionBenchmark, gateBencher } from "./dashboards.js";
import { gateAnnotations } from "./github.js";
import { gateJunit } from "./junit.js";
import { gateMarkdown } from "./markdown.js";
import { gateText } from "./text.js";

/** Everything an outcome can be written as. Writers compute nothing: what they print is in the outcome. */
export const GATE_FORMATS = {
  text: gateText,
  json: (outcome: GateOutcome) => `${JSON.stringify(outcome, null, 2)}\n`,
  junit: gateJunit,
  markdown: (outcome: GateOutcome) => gateMarkdown(outcome),
  github: gateAnnotations,
  bmf: gateBencher,
  "action-benchmark": gateActionBenchmark,
} satisfies Readonly<Record<string, (outcome: GateOutcome) => string>>;

/** Name of an output format of `bench compare`, `bench gate` and `gate`. */
export type GateFormat = keyof typeof GATE_FORMATS;
