import type { GateCase, GateOutcome } from "../../studies/gate/gate-outcome.js";
import { UNCLEAR, changeText, intervalText } from "./gate-words.js";

/** GitHub shows ten annotations per kind and step: the nine worst and one "more". */
const ANNOTATIONS_MAX = 9;

/** The outcome as GitHub workflow commands: an error per regression, a warning per case that cannot be told. */
export function gateAnnotations(outcome: GateOutcome): string {
  const errors = outcome.cases.filter(({ verdict }) => verdict === "regression");
  const warnings = outcome.cases.filter(({ verdict }) => UNCLEAR.includes(verdict));
  const lines = [
    ...annotations("error", errors),
    ...annotations("warning", warnings),
    ...(outcome.status === "pass"
      ? [`::notice title=headroom gate::${data(outcome.sentence)}`]
      : []),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function annotations(kind: "error" | "warning", cases: readonly GateCase[]): readonly string[] {
  const shown = cases.slice(0, cases.length > ANNOTATIONS_MAX + 1 ? ANNOTATIONS_MAX : undefined);
  const left = cases.length - shown.length;
  return [
    ...shown.map((item) => {
      const place = item.file === undefined ? "" : `file=${property(item.file)},`;
      const change =
        item.ratioInterval === undefined
          ? ""
          : ` (${changeText(item.ratio)}, interval ${intervalText(item)})`;
      return `::${kind} ${place}title=${property(item.verdict)}::${data(`${item.id}: ${item.reason}${change}`)}`;
    }),
    ...(left > 0 ? [`::${kind} title=headroom gate::and ${left} more; see the log`] : []),
  ];
}

function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
