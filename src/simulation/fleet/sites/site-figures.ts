import type { RolloutOutcome } from "./rollout-book.js";
import { SITE_STATES } from "./rollout-book.js";
import type { SiteBooks } from "./site-books.js";
import type { Site } from "./site-set.js";
import type { SitesSpec } from "./sites-spec.js";

/** What figures, lines and rows of sites are made of. */
export interface SiteFacts {
  readonly spec: SitesSpec;
  readonly sites: readonly Site[];
  readonly books: SiteBooks;
  readonly rollouts: readonly RolloutOutcome[];
}

/** Share of the requests of a site above which it counts as missing its target. */
export const MISSING_SHARE = 0.01;

type Figure = readonly [string, number | null];

/** Every figure of sites, services and rollouts, together and by name. */
export function siteFigures(facts: SiteFacts): ReadonlyMap<string, number | null> {
  const { spec, sites, rollouts } = facts;
  const all = sites.map(({ index }) => index);
  const names = (prefix: string, name: string, figures: readonly Figure[]): readonly Figure[] =>
    figures.map(([key, value]) => [
      name === "" ? `${prefix}.${key}` : `${prefix}[${name}].${key}`,
      value,
    ]);
  const everyTemplate = spec.templates.map((_, index) => index);
  return new Map<string, number | null>([
    ...names("sites", "", ofSites(facts, all, everyTemplate)),
    ...spec.templates.flatMap((template, index) =>
      names(
        "sites",
        template.name,
        ofSites(
          facts,
          all.filter((site) => sites[site]!.template === template),
          [index],
        ),
      ),
    ),
    ...(spec.services.length === 0
      ? []
      : names(
          "services",
          "",
          ofServices(
            facts,
            spec.services.map((_, index) => index),
          ),
        )),
    ...spec.services.flatMap((service, index) =>
      names("services", service.name, ofServices(facts, [index])),
    ),
    ...(rollouts.length === 0 ? [] : names("rollouts", "", ofRollouts(facts, rollouts))),
    ...rollouts.flatMap((rollout) => names("rollouts", rollout.name, ofRollouts(facts, [rollout]))),
  ]);
}

function ofSites(
  { books }: SiteFacts,
  sites: readonly number[],
  templates: readonly number[],
): readonly Figure[] {
  const { durationS } = books;
  const sum = (column: ArrayLike<number>): number =>
    sites.reduce((total, site) => total + column[site]!, 0);
  const most = (of: (site: number) => number): number =>
    sites.reduce((max, site) => Math.max(max, of(site)), 0);
  const allSlotS = sum(books.allSlotS);
  const total = sites.length * durationS;
  return [
    ["availability", sum(books.upS) / total],
    [
      "availabilityMin",
      sites.reduce((least, site) => Math.min(least, books.upS[site]! / durationS), 1),
    ],
    ["capacityShare", allSlotS === 0 ? null : sum(books.readySlotS) / allSlotS],
    ["capacityShareMin", lowestStep(books, templates)],
    ["downSites", sites.filter((site) => books.outages[site]! > 0).length],
    ["downHoursMax", most((site) => durationS - books.upS[site]!) / 3_600],
    ["outages", sum(books.outages)],
    ["nodeFailures", sum(books.nodeFailures)],
    ["disconnectedShare", sum(books.awayS) / total],
    ["expiredSites", sum(books.expired)],
    ["telemetryLostHours", sum(books.telemetryLostS) / 3_600],
  ];
}

/** Lowest share of slots that could serve in one step, over templates together. */
function lowestStep({ steps }: SiteBooks, templates: readonly number[]): number | null {
  const chosen = templates.map((template) => steps[template]!);
  const count = chosen[0]?.allSlotS.length ?? 0;
  let least: number | null = null;
  for (let step = 0; step < count; step++) {
    const all = chosen.reduce((sum, one) => sum + one.allSlotS[step]!, 0);
    if (all === 0) continue;
    const share = chosen.reduce((sum, one) => sum + one.readySlotS[step]!, 0) / all;
    if (least === null || share < least) least = share;
  }
  return least;
}

function ofServices({ books, sites }: SiteFacts, services: readonly number[]): readonly Figure[] {
  const chosen = services.map((service) => books.services[service]!);
  const at = (site: number, of: (book: (typeof chosen)[number]) => Float64Array): number =>
    chosen.reduce((total, book) => total + of(book)[site]!, 0);
  const sum = (of: (book: (typeof chosen)[number]) => Float64Array): number =>
    sites.reduce((total, { index }) => total + at(index, of), 0);
  const requests = sum(({ requests: column }) => column);
  const share = (part: number): number | null => (requests === 0 ? null : part / requests);
  const unserved = sum((book) => book.unserved);
  // Quantiles of several services together would mix targets that have nothing to do with each other.
  const latency = chosen.length === 1 ? chosen[0]!.latency : undefined;
  const missing = sites.filter(
    ({ index }) =>
      at(index, (book) => book.missed) > MISSING_SHARE * at(index, (book) => book.requests),
  );
  return [
    ["requests", requests],
    ["unserved", unserved],
    ["unservedShare", share(unserved)],
    ["elsewhereShare", share(sum((book) => book.elsewhere))],
    ["sloMissShare", share(sum((book) => book.missed))],
    ["latencyP50S", latency?.quantileS(0.5) ?? null],
    ["latencyP95S", latency?.quantileS(0.95) ?? null],
    ["latencyP99S", latency?.quantileS(0.99) ?? null],
    ["sitesMissing", missing.length],
  ];
}

function ofRollouts({ books }: SiteFacts, rollouts: readonly RolloutOutcome[]): readonly Figure[] {
  const count = (state: (typeof SITE_STATES)[number]): number =>
    rollouts.reduce(
      (sum, { siteState }) =>
        sum + siteState.filter((one) => one === SITE_STATES.indexOf(state)).length,
      0,
    );
  const total = rollouts.reduce((sum, rollout) => sum + rollout.sites, 0);
  const lasted = rollouts.map(({ startS, endedS, stoppedS }) =>
    Math.max(0, (endedS ?? stoppedS ?? books.durationS) - startS),
  );
  const outages = rollouts.reduce(
    (sum, { index }) => sum + books.outagesInUpdate[index]!.reduce((total, one) => total + one, 0),
    0,
  );
  return [
    ["updatedShare", total === 0 ? null : count("updated") / total],
    ["durationS", Math.max(0, ...lasted)],
    ["failedSites", count("failed")],
    ["skippedSites", count("skipped")],
    ["stopped", rollouts.filter(({ stoppedS }) => stoppedS !== null).length],
    ["outages", outages],
  ];
}
