import type { FleetPlanCandidate, FleetPlanDocument } from "./fleet-plan-document.js";

/** What a plan decides, in words: "spare nodes in the west = 1". */
export function planWords(
  { values }: Pick<FleetPlanCandidate, "values">,
  decisions: FleetPlanDocument["decisions"],
): string {
  return decisions
    .map(({ name }, index) => {
      // Text stands in the document as JSON has it.
      const value = values[index]!.replace(/^"(.*)"$/, "$1");
      return `${name} = ${value}`;
    })
    .join(", ");
}
