import type { GateCase, GateOutcome } from "../../studies/gate/gate-outcome.js";
import { UNCLEAR, changeText, intervalText, valueText } from "./gate-words.js";

/**
 * The outcome as JUnit XML: regressions are failures, what cannot be told is an error (skipped where the gate
 * passes it), one element per case. There is no wall clock in it: the same outcome gives the same bytes.
 */
export function gateJunit(outcome: GateOutcome): string {
  const results = outcome.cases.map((item) => resultOf(item, outcome));
  const count = (kind: string): number => results.filter((result) => result.kind === kind).length;
  const totals = `tests="${results.length}" failures="${count("failure")}" errors="${count("error")}" skipped="${count("skipped")}" time="0"`;
  const suite = xml(`${outcome.kind}: ${outcome.name}`);
  return [
    `<?xml version="1.0" encoding="UTF-8"?>`,
    `<testsuites name="headroom" tests="${results.length}" failures="${count("failure")}" errors="${count("error")}" time="0">`,
    `<testsuite name="${suite}" ${totals}>`,
    ...outcome.cases.map((item, index) => {
      const head = `<testcase classname="headroom.${outcome.kind}" name="${xml(item.id)}" time="0"`;
      const { kind } = results[index]!;
      if (kind === "passed") return `${head}/>`;
      const message = xml(item.reason);
      if (kind === "skipped") return `${head}><skipped message="${message}"/></testcase>`;
      return `${head}><${kind} type="${typeName(item)}" message="${message}">${xml(details(item))}</${kind}></testcase>`;
    }),
    `</testsuite>`,
    `</testsuites>`,
    "",
  ].join("\n");
}

function resultOf(
  item: GateCase,
  outcome: GateOutcome,
): { readonly kind: "passed" | "failure" | "error" | "skipped" } {
  if (item.verdict === "regression") return { kind: "failure" };
  if (item.verdict === "new case") return { kind: "skipped" };
  if (!UNCLEAR.includes(item.verdict)) return { kind: "passed" };
  return { kind: outcome.status === "pass" ? "skipped" : "error" };
}

function typeName(item: GateCase): string {
  return item.verdict === "regression"
    ? "Regression"
    : item.verdict === "too noisy"
      ? "TooNoisy"
      : "CannotDecide";
}

function details(item: GateCase): string {
  return `${valueText(item.base, item.unit)} -> ${valueText(item.new, item.unit)} (${changeText(item.ratio)}, interval ${intervalText(item)})`;
}

/** Text inside XML 1.0: entities, and no control character but tab and line ends. */
function xml(text: string): string {
  return (
    text
      // eslint-disable-next-line no-control-regex -- XML 1.0 forbids them
      .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, "")
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll('"', "&quot;")
      .replaceAll("'", "&#39;")
  );
}
