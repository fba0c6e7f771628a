/** Somewhere bytes can lie: a member cluster's own storage, or a store of a region. */
export interface PlaceSpec {
  readonly name: string;
  readonly region: string;
  /** Index of the member cluster whose storage this is. */
  readonly member?: number;
}

/** What it takes to move bytes from one region to another, one direction. */
export interface LinkSpec {
  /** Round trip, seconds. */
  readonly rttS: number;
  readonly bitsPerS: number;
  /** Money per 10⁹ bytes. */
  readonly pricePerGb: number;
}

/** Something that is needed where work is done: training data, a model, an image. */
export interface DatasetSpec {
  readonly name: string;
  readonly bytes: number;
  /** Indexes of places that have it from the start. */
  readonly at: readonly number[];
  /** Indexes of places that get a copy when the run begins, and keep it. */
  readonly copyTo?: readonly number[];
  /** For every place, whether a copy, or anything made from it, may lie there. */
  readonly allowed: readonly boolean[];
}

/** Data of a fleet and the links between its regions. */
export interface DataSpec {
  /** The members' places first, in their order. */
  readonly places: readonly PlaceSpec[];
  readonly regions: readonly string[];
  /** `links[from][to]` by index of region; undefined where nothing ever moves. */
  readonly links: readonly (readonly (LinkSpec | undefined)[])[];
  readonly datasets: readonly DatasetSpec[];
  /** Bytes of fetched copies a member keeps, least recently used go first; absent: no limit. */
  readonly cacheBytes: readonly (number | undefined)[];
}
