import type { PathPart } from "../../../diagnostics/field-path.js";
import { formatPath } from "../../../diagnostics/field-path.js";
import type { CheckContext } from "../../check-context.js";

/** A cluster that two groups of an upgrade take. */
export function reportTwice(
  context: CheckContext,
  path: readonly PathPart[],
  found: {
    readonly cluster: string;
    readonly other: string;
    readonly where: string;
    readonly stage: number;
    readonly group: number;
  },
): void {
  context.report({
    path: [...path, "stages", found.stage, "groups", found.group],
    rule: "bad-stages",
    message: `${formatPath(path)}: cluster ${found.cluster} is in ${found.other} and in ${found.where}; it can be in one`,
  });
}

/** Clusters that no stage of an upgrade takes; nothing is reported without any. */
export function reportUnstaged(
  context: CheckContext,
  path: readonly PathPart[],
  left: readonly string[],
  field: "pools" | "clusters",
): void {
  if (left.length === 0) return;
  context.report({
    path: [...path, "stages"],
    part: "key",
    rule: "bad-stages",
    message: `${formatPath(path)}: ${left.join(", ")} ${left.length === 1 ? "is" : "are"} in no stage`,
    help: `name ${field} that are not to be upgraded by leaving them out of upgrades[].${field}`,
  });
}
