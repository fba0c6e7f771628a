import { drawRepairS, drawTimeToFailureS } from "../../faults/draw-times.js";
import type { RandomStream } from "../../../engine/streams.js";
import type { Site } from "./site-set.js";
import type { SiteFault } from "./sites-spec.js";

/** What happens to a site whatever is done with it. */
export type SiteChangeKind =
  "node-fails" | "node-repaired" | "power-off" | "power-on" | "link-off" | "link-on";

/** One thing that happens to a site from outside. */
export interface SiteChange {
  readonly timeS: number;
  readonly kind: SiteChangeKind;
  /** Node, for the first two kinds; else 0. */
  readonly node: number;
}

/** A stretch of time, from its start to just before its end. */
interface Stretch {
  readonly fromS: number;
  readonly toS: number;
}

/** What happens to one site from outside in a run, in order, and when its link is away. */
export interface SiteTimeline {
  readonly changes: readonly SiteChange[];
  /** Disjoint, in order. */
  readonly linkAway: readonly Stretch[];
}

const ORDER: readonly SiteChangeKind[] = [
  "link-on",
  "power-on",
  "node-repaired",
  "link-off",
  "power-off",
  "node-fails",
];

/** Draws failures, repairs and times without a link of one site, each from a stream of its own. */
export function drawTimeline(site: Site, durationS: number): SiteTimeline {
  const { template, stream } = site;
  const changes: SiteChange[] = [];
  const add = (
    stretches: readonly Stretch[],
    off: SiteChangeKind,
    on: SiteChangeKind,
    node = 0,
  ): void => {
    for (const { fromS, toS } of stretches) {
      changes.push({ timeS: fromS, kind: off, node });
      if (toS < durationS) changes.push({ timeS: toS, kind: on, node });
    }
  };
  for (let node = 0; node < template.nodes; node++)
    add(
      outages(template.nodeFault, stream.fork(`node/${node}`), durationS),
      "node-fails",
      "node-repaired",
      node,
    );
  add(outages(template.powerFault, stream.fork("power"), durationS), "power-off", "power-on");
  const linkAway = union([
    ...outages(template.linkFault, stream.fork("link-fault"), durationS),
    ...planned(site, durationS),
  ]);
  add(linkAway, "link-off", "link-on");
  changes.sort(
    (left, right) =>
      left.timeS - right.timeS ||
      ORDER.indexOf(left.kind) - ORDER.indexOf(right.kind) ||
      left.node - right.node,
  );
  return { changes, linkAway };
}

/** Alternating lives and repairs until the end of the run. */
function outages(
  fault: SiteFault | undefined,
  stream: RandomStream,
  durationS: number,
): readonly Stretch[] {
  if (fault === undefined) return [];
  const found: Stretch[] = [];
  let nowS = 0;
  for (;;) {
    const fromS = nowS + drawTimeToFailureS(fault.timeToFailure, stream);
    if (fromS >= durationS) return found;
    nowS = fromS + drawRepairS(fault.repair, stream);
    found.push({ fromS, toS: nowS });
  }
}

/** Planned times without a link that this site has. */
function planned({ template, stream }: Site, durationS: number): readonly Stretch[] {
  return template.disconnected.flatMap((window, index) => {
    const own = stream.fork(`disconnected/${index}`);
    const has = own.uniform() < window.share;
    const lateS = window.spreadS * own.uniform();
    if (!has) return [];
    const found: Stretch[] = [];
    for (let fromS = window.fromS + lateS; fromS < durationS; fromS += window.everyS ?? Infinity)
      found.push({ fromS, toS: fromS + window.durationS });
    return found;
  });
}

/** Stretches that touch become one. */
function union(stretches: readonly Stretch[]): readonly Stretch[] {
  const joined: { fromS: number; toS: number }[] = [];
  for (const { fromS, toS } of [...stretches].sort((left, right) => left.fromS - right.fromS)) {
    const last = joined[joined.length - 1];
    if (last !== undefined && fromS <= last.toS) last.toS = Math.max(last.toS, toS);
    else if (toS > fromS) joined.push({ fromS, toS });
  }
  return joined;
}

/** When so many bytes have come over a link that starts now and is away at times; Infinity when not in any known time. */
export function fetchEndS(
  { linkAway }: SiteTimeline,
  fetch: { readonly fromS: number; readonly bytes: number; readonly bitsPerS: number },
): number {
  let nowS = fetch.fromS;
  let leftS = (fetch.bytes * 8) / fetch.bitsPerS;
  for (const away of linkAway) {
    if (away.toS <= nowS) continue;
    const beforeS = Math.max(0, away.fromS - nowS);
    if (leftS <= beforeS) return nowS + leftS;
    leftS -= beforeS;
    nowS = away.toS;
  }
  return nowS + leftS;
}
