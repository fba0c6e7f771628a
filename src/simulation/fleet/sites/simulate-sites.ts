import { createEngine } from "../../../engine/engine.js";
import type { RandomStreams } from "../../../engine/streams.js";
import type { FleetEvent, FleetPartOutcome } from "../fleet-part.js";
import type { RolloutOutcome } from "./rollout-book.js";
import { planRollout } from "./rollout-plan.js";
import { createRolloutRun, type At } from "./rollout-run.js";
import { createSiteBooks, type SiteBooks } from "./site-books.js";
import { siteFigures } from "./site-figures.js";
import { siteSeries } from "./site-series.js";
import { drawSites, type Site } from "./site-set.js";
import { createSiteRun } from "./site-run.js";
import { siteTable } from "./site-table.js";
import type { SitesSpec } from "./sites-spec.js";

/** Events of single sites that the timeline holds; the rest are counted. */
const SITE_EVENTS_MAX = 200;
/** Far above what the largest fleet in the longest run can do. */
const EVENTS_MAX = 1e9;

/** What sites gave, with the books behind the figures for reports. */
export interface SitesOutcome extends FleetPartOutcome {
  readonly spec: SitesSpec;
  readonly sites: readonly Site[];
  readonly books: SiteBooks;
  readonly rollouts: readonly RolloutOutcome[];
  /** Events of single sites that the timeline leaves out. */
  readonly eventsLeftOut: number;
}

/**
 * Simulates all sites of a fleet, and what is rolled out over them.
 *
 * A site goes from event to event by itself; rollouts are events of one clock, and let the sites they touch catch
 * up. Work grows with sites × (hours + events), and nothing is kept of a site but its sums.
 */
export function simulateSites(
  spec: SitesSpec,
  run: { readonly durationS: number; readonly stepS: number },
  streams: RandomStreams,
): SitesOutcome {
  const sites = drawSites(spec, streams);
  const books = createSiteBooks(spec, sites.length, run);
  const siteEvents: FleetEvent[] = [];
  const rolloutEvents: FleetEvent[] = [];
  const runs = sites.map((site) =>
    createSiteRun(site, spec, books, (timeS, { name }, kind, what) => {
      if (kind === "site-up") return;
      siteEvents.push({ timeS, where: name, kind, what });
    }),
  );
  const clock = createClock(run.durationS);
  const world = {
    sites: runs,
    durationS: run.durationS,
    at: clock.at,
    nowS: clock.nowS,
    note: (event: FleetEvent) => rolloutEvents.push(event),
  };
  const rollouts = spec.rollouts.map((rollout, index) =>
    createRolloutRun(index, rollout, planRollout(rollout, sites), world),
  );
  for (const rollout of rollouts) rollout.begin();
  clock.run();
  for (const site of runs) {
    site.advance(run.durationS);
    site.finish();
  }

  const outcomes = rollouts.map((rollout) => rollout.outcome());
  const shown = siteEvents
    .sort((left, right) => left.timeS - right.timeS)
    .slice(0, SITE_EVENTS_MAX);
  const eventsLeftOut = siteEvents.length - shown.length;
  const facts = { spec, sites, books, rollouts: outcomes };
  return {
    ...facts,
    eventsLeftOut,
    figures: siteFigures(facts),
    timeline: [...rolloutEvents, ...shown].sort((left, right) => left.timeS - right.timeS),
    series: siteSeries(facts),
    tables: [siteTable(facts)],
    warnings: warningsOf(outcomes, spec),
  };
}

/** One clock for all rollouts; what would happen after the end of the run does not. */
function createClock(durationS: number): {
  readonly at: At;
  readonly nowS: () => number;
  readonly run: () => void;
} {
  const engine = createEngine();
  const actions: ((() => void) | undefined)[] = [];
  const kind = engine.defineEvent("fleet/rollout", "decide", (index) => {
    const action = actions[index]!;
    actions[index] = undefined;
    action();
  });
  return {
    nowS: () => engine.nowS,
    at(timeS, action) {
      if (!(timeS <= durationS)) return;
      actions.push(action);
      engine.schedule(kind, timeS, actions.length - 1);
    },
    run() {
      engine.run({ untilS: durationS, eventsMax: EVENTS_MAX });
    },
  };
}

function warningsOf(rollouts: readonly RolloutOutcome[], spec: SitesSpec): readonly string[] {
  const empty = rollouts.flatMap(({ name, stages }) =>
    stages.flatMap((stage) =>
      stage.sites === 0 ? [`Stage “${stage.name}” of rollout “${name}” has no sites.`] : [],
    ),
  );
  const unfinished = rollouts.flatMap(({ name, endedS, stoppedS }) =>
    endedS === null && stoppedS === null
      ? [`Rollout “${name}” was not complete when the run ended; its time is a lower bound.`]
      : [],
  );
  const idle = spec.templates.flatMap(({ name, serves }) =>
    serves.length === 0 && spec.services.length > 0
      ? [`No service runs at sites of “${name}”.`]
      : [],
  );
  return [...empty, ...unfinished, ...idle];
}
