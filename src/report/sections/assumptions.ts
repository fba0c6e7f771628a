import type { Cell, ReportSection } from "../block.js";
import { countOf } from "../format/number.js";
import type { Assumption } from "../../studies/run/result-document.js";

/** Least certain first: what nobody measured deserves the first look. */
const ORDER: readonly Assumption["provenance"][] = ["assumed", "published", "measured", "given"];

const EXPLANATION =
  "Every number the run used that did not come out of it. Measured: from a calibration file. " +
  "Published: from the source named. Given: written in the scenario. Assumed: a default that nobody " +
  "checked for this cluster; these are the first to question.";

/**
 * The assumption ledger: what was taken for granted, and on whose word.
 *
 * @param fullTable file that holds all of it
 * @param flips by id, whether the decision changes with it, and at what value; absent where nobody looked
 */
export function assumptionsSection(
  assumptions: readonly Assumption[],
  fullTable = "result.json",
  flips?: ReadonlyMap<string, string>,
): ReportSection | undefined {
  if (assumptions.length === 0) return undefined;
  const counts = ORDER.map((provenance) => ({
    provenance,
    count: assumptions.filter((one) => one.provenance === provenance).length,
  })).filter(({ count }) => count > 0);
  const sorted = ORDER.flatMap((provenance) =>
    assumptions.filter((one) => one.provenance === provenance),
  );
  const isFlipShown = flips !== undefined && flips.size > 0;
  return {
    id: "assumptions",
    title: "What the answer rests on",
    explanation: EXPLANATION,
    blocks: [
      {
        kind: "table",
        caption: `Assumption ledger: ${counts.map(({ provenance, count }) => `${count} ${provenance}`).join(", ")} of ${countOf(assumptions.length, "input")}`,
        columns: [
          { header: "What" },
          { header: "Value" },
          { header: "Known how" },
          ...(isFlipShown ? [{ header: "Changes the answer" }] : []),
          { header: "Source" },
        ],
        rows: sorted.map(({ id, what, value, provenance, source }): readonly Cell[] => [
          { text: what, note: id },
          value,
          provenance === "assumed" ? { text: provenance, tone: "bad" } : provenance,
          ...(isFlipShown ? [flips?.get(id) ?? "not varied"] : []),
          source === "" ? null : source,
        ]),
        fullTable,
      },
    ],
  };
}
