import { exp } from "../../../base/elementary.js";
import type { RandomStream, RandomStreams } from "../../../engine/streams.js";
import type { SitesSpec, SiteTemplate } from "./sites-spec.js";

/** What one site drew that tells it from the others of its template. */
export interface Site {
  readonly index: number;
  /** `store-0001`. */
  readonly name: string;
  readonly template: SiteTemplate;
  /** Index into `SitesSpec.regions`. */
  readonly region: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly bitsPerS: number;
  readonly roundTripS: number;
  readonly demandFactor: number;
  /** Seconds to add to the time of the run for the time of its local day. */
  readonly dayOffsetS: number;
  /** Streams of this site alone, so that one more site changes no other. */
  readonly stream: RandomStream;
}

/** Draws all sites, template by template; numbers of names are as long as the largest. */
export function drawSites(spec: SitesSpec, streams: RandomStreams): readonly Site[] {
  const sites: Site[] = [];
  for (const template of spec.templates) {
    const own = streams.stream("fleet/sites").fork(template.name);
    const shares = template.labelShares.map(({ label, values }) => ({
      label,
      values: allot(values, template.count, own.fork(`label/${label}`)),
    }));
    const digits = String(template.count).length;
    for (let number = 0; number < template.count; number++) {
      const name = `${template.name}-${String(number + 1).padStart(digits, "0")}`;
      const stream = own.fork(String(number + 1));
      sites.push(
        drawSite(
          spec,
          template,
          { name, index: sites.length, stream },
          shares.map(({ label, values }) => [label, values[number]!]),
        ),
      );
    }
  }
  return sites;
}

function drawSite(
  spec: SitesSpec,
  template: SiteTemplate,
  site: { readonly name: string; readonly index: number; readonly stream: RandomStream },
  shares: readonly (readonly [string, string])[],
): Site {
  // Each draw has a stream of its own: what a template does not vary shifts nothing else.
  const { stream } = site;
  const region = pickWeighted(template.regions, stream.fork("region")).region;
  const link = pickWeighted(template.links, stream.fork("link"));
  const spread = template.demandSigma * stream.fork("demand").normal();
  const lateS = template.startOffsetMaxS * stream.fork("offset").uniform();
  const { utcOffsetS, labels, name: regionName } = spec.regions[region]!;
  return {
    ...site,
    template,
    region,
    labels: {
      ...labels,
      ...template.labels,
      ...Object.fromEntries(shares),
      site: site.name,
      template: template.name,
      region: regionName,
    },
    bitsPerS: link.bitsPerS,
    roundTripS: link.roundTripS,
    demandFactor: template.demandMedian * exp(spread),
    dayOffsetS: utcOffsetS - lateS,
  };
}

function pickWeighted<Item extends { readonly weight: number }>(
  items: readonly Item[],
  stream: RandomStream,
): Item {
  const total = items.reduce((sum, { weight }) => sum + weight, 0);
  let left = stream.uniform() * total;
  for (const item of items) {
    left -= item.weight;
    if (left < 0) return item;
  }
  return items[items.length - 1]!;
}

/**
 * Gives each value its share of so many sites, whole numbers by largest remainder (the first of equal ones), in an
 * order of its own.
 */
function allot(
  values: readonly { readonly value: string; readonly share: number }[],
  count: number,
  stream: RandomStream,
): readonly string[] {
  const counts = values.map(({ share }) => Math.floor(share * count + 1e-9));
  const byRest = values
    .map(({ share }, index) => ({ index, rest: share * count - counts[index]! }))
    .sort((left, right) => right.rest - left.rest || left.index - right.index);
  let missing = count - counts.reduce((sum, one) => sum + one, 0);
  for (let turn = 0; missing > 0; turn++, missing--) counts[byRest[turn % byRest.length]!.index]!++;
  const order = new Int32Array(count);
  let place = 0;
  counts.forEach((one, index) => {
    order.fill(index, place, place + one);
    place += one;
  });
  stream.shuffle(order);
  return Array.from(order, (index) => values[index]!.value);
}
