import type { FleetClock } from "../fleet-clock.js";
import { finishAroundS, type WindowSeries } from "../window-series.js";
import type { DataSpec, LinkSpec } from "./data-spec.js";

const GB = 1e9;

/** Bytes of one kind that went from one place to another. */
export interface MoveTotals {
  /** A dataset, or what a job wrote: `checkpoints of <group>`, `results of <group>`. */
  readonly what: string;
  readonly from: string;
  readonly to: string;
  count: number;
  bytes: number;
  cost: number;
  /** From asking to arrival, summed over the moves. */
  seconds: number;
}

/** Where data lies, and how it moves. */
export interface DataStore {
  has(dataset: number, place: number): boolean;
  /**
   * Brings a copy to a place and keeps it there until `letGo`; calls back at once when it lies there.
   *
   * @throws Error when the rule of the dataset forbids the place: a fault of this program
   */
  fetch(dataset: number, place: number, arrived: () => void): void;
  /** Nobody at the place needs what `fetch` brought any more. */
  letGo(dataset: number, place: number): void;
  /** Moves bytes that something wrote. @param madeFrom datasets whose rules hold for it */
  send(
    what: string,
    bytes: number,
    madeFrom: readonly number[],
    route: Route,
    arrived: () => void,
  ): void;
  /** Seconds and money to bring a dataset to a place now; zero when it lies there. */
  estimate(dataset: number, place: number): { readonly seconds: number; readonly cost: number };
  readonly moves: readonly MoveTotals[];
}

/** Places by index. */
export interface Route {
  readonly from: number;
  readonly to: number;
}

interface Copy {
  readonly isOriginal: boolean;
  users: number;
  lastUsedS: number;
}

/** @param cutsOf windows in which a member has no link; moves from and to it stand still meanwhile */
export function createDataStore(
  spec: DataSpec,
  clock: FleetClock,
  cutsOf: (member: number) => readonly WindowSeries[],
): DataStore {
  return new LinkedStore(spec, clock, cutsOf);
}

class LinkedStore implements DataStore {
  private readonly region: readonly number[];
  private readonly copies: readonly Map<number, Copy>[];
  private readonly coming = new Map<string, (() => void)[]>();
  /** When the last move in the queue of a link has left it. */
  private readonly freeS: number[][];
  private readonly totals = new Map<string, MoveTotals>();

  constructor(
    private readonly spec: DataSpec,
    private readonly clock: FleetClock,
    private readonly cutsOf: (member: number) => readonly WindowSeries[],
  ) {
    this.region = spec.places.map((place) => spec.regions.indexOf(place.region));
    this.copies = spec.places.map(() => new Map<number, Copy>());
    this.freeS = spec.regions.map(() => spec.regions.map(() => 0));
    spec.datasets.forEach(({ at }, dataset) => {
      for (const place of at)
        this.copies[place]!.set(dataset, { isOriginal: true, users: 0, lastUsedS: 0 });
    });
  }

  get moves(): readonly MoveTotals[] {
    return [...this.totals.values()];
  }

  has(dataset: number, place: number): boolean {
    return this.copies[place]!.has(dataset);
  }

  fetch(dataset: number, place: number, arrived: () => void): void {
    this.check(dataset, place);
    const here = this.copies[place]!;
    const copy = here.get(dataset);
    if (copy !== undefined) {
      copy.users++;
      copy.lastUsedS = this.clock.nowS;
      arrived();
      return;
    }
    const key = `${dataset} ${place}`;
    const waiting = this.coming.get(key);
    if (waiting !== undefined) {
      waiting.push(arrived);
      return;
    }
    const users = [arrived];
    this.coming.set(key, users);
    const { name, bytes } = this.spec.datasets[dataset]!;
    this.move(name, bytes, { from: this.bestSource(dataset, place).from, to: place }, () => {
      this.coming.delete(key);
      // All who waited use it before the first can let it go.
      here.set(dataset, { isOriginal: false, users: users.length, lastUsedS: this.clock.nowS });
      for (const one of users) one();
      this.shrink(place);
    });
  }

  letGo(dataset: number, place: number): void {
    const copy = this.copies[place]!.get(dataset)!;
    copy.users--;
    copy.lastUsedS = this.clock.nowS;
    this.shrink(place);
  }

  send(
    what: string,
    bytes: number,
    madeFrom: readonly number[],
    route: Route,
    arrived: () => void,
  ): void {
    for (const dataset of madeFrom) this.check(dataset, route.to);
    if (route.from === route.to) arrived();
    else this.move(what, bytes, route, arrived);
  }

  estimate(dataset: number, place: number): { readonly seconds: number; readonly cost: number } {
    if (this.copies[place]!.has(dataset)) return { seconds: 0, cost: 0 };
    const { arrivesS, cost } = this.bestSource(dataset, place);
    return { seconds: arrivesS - this.clock.nowS, cost };
  }

  private check(dataset: number, place: number): void {
    const { name, allowed } = this.spec.datasets[dataset]!;
    if (allowed[place]!) return;
    throw new Error(
      `fleet data: ${name} may not lie at ${this.spec.places[place]!.name}, at second ${this.clock.nowS}`,
    );
  }

  private linkOf({ from, to }: Route): LinkSpec | undefined {
    return this.spec.links[this.region[from]!]![this.region[to]!];
  }

  private planMove(bytes: number, { from, to }: Route) {
    const { places } = this.spec;
    const link = this.linkOf({ from, to });
    if (link === undefined)
      throw new Error(`fleet data: no link from ${places[from]!.name} to ${places[to]!.name}`);
    const startS = Math.max(this.clock.nowS, this.freeS[this.region[from]!]![this.region[to]!]!);
    const cuts = [places[from]!.member, places[to]!.member].flatMap((member) =>
      member === undefined ? [] : this.cutsOf(member),
    );
    const sentS = finishAroundS(cuts, startS, (bytes * 8) / link.bitsPerS);
    return { sentS, arrivesS: sentS + link.rttS, cost: (bytes / GB) * link.pricePerGb };
  }

  private move(what: string, bytes: number, route: Route, arrived: () => void): void {
    const { sentS, arrivesS, cost } = this.planMove(bytes, route);
    this.freeS[this.region[route.from]!]![this.region[route.to]!] = sentS;
    const { places } = this.spec;
    note(
      this.totals,
      what,
      { from: places[route.from]!.name, to: places[route.to]!.name },
      { bytes, cost, seconds: arrivesS - this.clock.nowS },
    );
    this.clock.at(arrivesS, "release", arrived);
  }

  /** The copy that would arrive first, the cheaper one between equals. */
  private bestSource(dataset: number, place: number) {
    const { bytes } = this.spec.datasets[dataset]!;
    let best:
      { readonly from: number; readonly arrivesS: number; readonly cost: number } | undefined;
    this.copies.forEach((here, from) => {
      // Only links from places that had it at first are sure to be known.
      if (!here.has(dataset) || this.linkOf({ from, to: place }) === undefined) return;
      const { arrivesS, cost } = this.planMove(bytes, { from, to: place });
      const isBetter =
        best === undefined ||
        arrivesS < best.arrivesS ||
        (arrivesS === best.arrivesS && cost < best.cost);
      if (isBetter) best = { from, arrivesS, cost };
    });
    return best!;
  }

  /** Drops copies that nobody uses, the least recently used first, until the rest is within the limit. */
  private shrink(place: number): void {
    const limit = this.spec.cacheBytes[place];
    if (limit === undefined) return;
    const here = this.copies[place]!;
    const bytesOf = (dataset: number): number => this.spec.datasets[dataset]!.bytes;
    const cached = [...here].filter(([, copy]) => !copy.isOriginal);
    let bytes = cached.reduce((sum, [dataset]) => sum + bytesOf(dataset), 0);
    const unused = cached
      .filter(([, { users }]) => users === 0)
      .sort((left, right) => left[1].lastUsedS - right[1].lastUsedS || left[0] - right[0]);
    for (const [dataset] of unused) {
      if (bytes <= limit) return;
      here.delete(dataset);
      bytes -= bytesOf(dataset);
    }
  }
}

function note(
  totals: Map<string, MoveTotals>,
  what: string,
  { from, to }: { readonly from: string; readonly to: string },
  {
    bytes,
    cost,
    seconds,
  }: { readonly bytes: number; readonly cost: number; readonly seconds: number },
): void {
  const key = JSON.stringify([what, from, to]);
  const total = totals.get(key) ?? { what, from, to, count: 0, bytes: 0, cost: 0, seconds: 0 };
  totals.set(key, total);
  total.count++;
  total.bytes += bytes;
  total.cost += cost;
  total.seconds += seconds;
}
