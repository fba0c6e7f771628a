import { SITE_STATES, type RolloutOutcome } from "../../simulation/fleet/sites/rollout-book.js";
import type { SitesOutcome } from "../../simulation/fleet/sites/simulate-sites.js";
import type { Cell, ReportBlock } from "../block.js";
import { formatMoment } from "../format/duration.js";
import { countOf } from "../format/number.js";

/** Sites that a sentence names; more are counted. */
const NAMED_MAX = 8;

/** The stages of a rollout: when each went, and what became of its sites. */
export function stagesTable(rollout: RolloutOutcome): ReportBlock {
  const moment = (timeS: number | null): Cell =>
    timeS === null ? null : { text: formatMoment(timeS), value: timeS, exact: `${timeS} s` };
  return {
    kind: "table",
    caption: `Stages of ${rollout.name}`,
    columns: [
      { header: "Stage" },
      { header: "Sites", align: "right" },
      { header: "At once", align: "right" },
      { header: "Began", align: "right" },
      { header: "Sites done", align: "right" },
      { header: "Complete", align: "right" },
      { header: "Updated", align: "right" },
      { header: "Failed", align: "right" },
      { header: "Left out", align: "right" },
    ],
    rows: rollout.stages.map((stage): readonly Cell[] => [
      stage.name,
      stage.sites,
      { text: `${stage.atOnceSeen} of ${stage.atOnceMax}`, value: stage.atOnceSeen },
      moment(stage.beganS),
      moment(stage.sitesDoneS),
      moment(stage.endedS),
      stage.updated,
      stage.failed,
      stage.skipped,
    ]),
  };
}

/** Which sites did not end on the new version, and outages while sites were updated. */
export function rolloutFailures(outcome: SitesOutcome): readonly ReportBlock[] {
  return outcome.rollouts.flatMap((rollout): readonly ReportBlock[] => {
    const outages = outcome.books.outagesInUpdate[rollout.index]!;
    const hit = outcome.sites.filter(({ index }) => outages[index]! > 0).map(({ name }) => name);
    const sentences = [
      rollout.stoppedS === null
        ? ""
        : `${rollout.name} stopped ${formatMoment(rollout.stoppedS)}, because more sites had failed than it bears.`,
      ...(["failed", "skipped", "fetching", "updating", "waiting"] as const).map((state) => {
        const names = outcome.sites
          .filter(({ index }) => SITE_STATES[rollout.siteState[index]!] === state)
          .map(({ name }) => name);
        return names.length === 0 ? "" : `${STATE_WORDS[state](names.length)}: ${listed(names)}.`;
      }),
      hit.length === 0
        ? ""
        : `${countOf(hit.length, "site")} went down while ${rollout.name} was updating them: ${listed(hit)}.`,
    ].filter((sentence) => sentence !== "");
    if (sentences.length === 0) return [];
    return [{ kind: "verdict", status: "warn", summary: sentences.join(" ") }];
  });
}

const STATE_WORDS: Readonly<
  Record<"failed" | "skipped" | "fetching" | "updating" | "waiting", (count: number) => string>
> = {
  failed: (count) => `${countOf(count, "site")} failed on the new version and kept the old one`,
  skipped: (count) =>
    `${countOf(count, "site")} could not be updated in time and ${count === 1 ? "was" : "were"} left out`,
  fetching: (count) => `${countOf(count, "site")} still fetched it when the run ended`,
  updating: (count) =>
    `${countOf(count, "site")} ${count === 1 ? "was" : "were"} still being updated when the run ended`,
  waiting: (count) => `${countOf(count, "site")} had not begun when the run ended`,
};

function listed(names: readonly string[]): string {
  const shown = names.slice(0, NAMED_MAX).join(", ");
  return names.length <= NAMED_MAX ? shown : `${shown} and ${names.length - NAMED_MAX} more`;
}
