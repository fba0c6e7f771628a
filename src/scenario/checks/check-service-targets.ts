import type { PathPart } from "../../diagnostics/field-path.js";
import type { ScenarioRule } from "../rules.js";
import type { ServiceInput } from "../schema/services-schema.js";

/** Reports about a field of a service; the message follows its path. */
export type ReportAt = (
  field: readonly PathPart[],
  rule: ScenarioRule,
  message: string,
  help?: string,
) => void;

/** Targets name classes that the traffic has, each once, and promise something. */
export function checkTargets(report: ReportAt, { targets = [], traffic }: ServiceInput): void {
  const known = traffic.classes?.map(({ name }) => name);
  const seen = new Set<string>();
  targets.forEach(({ class: name, ttft, tpot, e2e }, index) => {
    if ((ttft ?? tpot ?? e2e) === undefined)
      report(["targets", index], "missing-field", "has no ttft, tpot or e2e");
    if (name !== undefined && known !== undefined && !known.includes(name))
      report(
        ["targets", index, "class"],
        "unknown-name",
        `: the traffic has no class "${name}", it has ${known.join(", ")}`,
      );
    if (seen.has(name ?? ""))
      report(
        ["targets", index],
        "duplicate-name",
        `: targets of ${name === undefined ? "all other requests" : `class ${name}`} are given twice`,
      );
    seen.add(name ?? "");
  });
}
