import type { ReportBlock } from "../block.js";
import { countOf } from "../format/number.js";
import type { Configuration } from "../run-report-input.js";

/**
 * Says which run is drawn, where figures are means over several; nothing for a single run.
 *
 * A curve of means would be the curve of no run, so the first replication stands for all.
 */
export function drawnReplication(runs: readonly Configuration[]): readonly ReportBlock[] {
  const replications = runs[0]?.result.replications;
  if (replications === undefined) return [];
  const { count, warmUp } = replications;
  const notes: string[] = [];
  if (count > 1) {
    notes.push(
      `Drawn and listed here is the first of ${countOf(count, "replication")}; its figures differ from the means on page one.`,
    );
  }
  if (warmUp !== null && warmUp.endS > 0) {
    notes.push("Its warm-up is drawn too, and counts in no figure of page one.");
  }
  return notes.length === 0 ? [] : [{ kind: "text", markdown: notes.join(" ") }];
}
