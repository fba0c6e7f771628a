import {
  END,
  type EventRecords,
  NEXT,
  RECORD_DOUBLES,
  RECORD_WORDS,
  TIME,
} from "./event-records.js";

const BUCKETS_MIN = 16;
/** One megabyte: more buckets than the nearer caches hold cost more than a finer rung below them. */
const BUCKETS_MAX = 262_144;
const BUCKETS_PER_EVENT = 2;
/** Below this many events everything lies in the nearer caches and walking ahead costs more than it saves. */
const WALK_FROM = 8000;
const WALK_WIDTH = 8;

/**
 * A row of buckets of equal width in time, each an unordered list of events.
 *
 * `bucketOf` is monotone in time whatever its rounding, so events of different buckets need no
 * comparison and events of one time always share a bucket.
 */
export class Rung {
  /** Events in the buckets from `cursor` on. */
  count = 0;
  /** The first bucket that was not taken yet. */
  cursor = 0;
  private bucketCount = 0;
  private start = 0;
  private bucketsPerSecond = 0;
  /** First event of each bucket. */
  private heads = new Int32Array(BUCKETS_MIN);
  /** One bit per bucket that holds events, so that empty stretches cost next to nothing. */
  private occupied = new Int32Array(1);
  private walkedTo = 0;

  constructor(private readonly records: EventRecords) {}

  /**
   * Sets up empty buckets for about `count` events between two times.
   *
   * False when the times are too close to tell apart by width; the rung is then not to be used.
   */
  open(count: number, startS: number, endS: number): boolean {
    const buckets = Math.min(Math.max(BUCKETS_MIN, count * BUCKETS_PER_EVENT), BUCKETS_MAX);
    const perSecond = buckets / (endS - startS);
    if (!Number.isFinite(perSecond)) return false;
    if (buckets > this.heads.length) {
      const room = Math.min(Math.max(buckets, 2 * this.heads.length), BUCKETS_MAX);
      this.heads = new Int32Array(room);
      this.occupied = new Int32Array((room + 31) >> 5);
    }
    this.bucketCount = buckets;
    this.start = startS;
    this.bucketsPerSecond = perSecond;
    this.cursor = 0;
    this.walkedTo = 0;
    this.count = 0;
    return true;
  }

  /** Buckets that a sweep would look into. */
  get bucketsLeft(): number {
    return this.bucketCount - this.cursor;
  }

  /** Puts the event into its bucket; false when that bucket was taken already. */
  insert(slot: number): boolean {
    const position =
      (this.records.doubles[slot * RECORD_DOUBLES + TIME]! - this.start) * this.bucketsPerSecond;
    if (!(position >= this.cursor)) return false;
    const bucket = position < this.bucketCount ? position | 0 : this.bucketCount - 1;
    this.records.words[slot * RECORD_WORDS + NEXT] = this.heads[bucket]!;
    this.heads[bucket] = slot;
    this.occupied[bucket >> 5]! |= 1 << (bucket & 31);
    this.count++;
    return true;
  }

  /** Takes the list of the next bucket that holds any; the rung must not be empty. */
  takeBucket(): number {
    const bucket = this.firstOccupied();
    if (bucket >= this.walkedTo && this.count > WALK_FROM) this.walkAhead(bucket);
    const head = this.heads[bucket]!;
    this.heads[bucket] = END;
    this.occupied[bucket >> 5]! ^= 1 << (bucket & 31);
    this.cursor = bucket + 1;
    return head;
  }

  private firstOccupied(): number {
    const { occupied } = this;
    let word = this.cursor >> 5;
    while (occupied[word] === 0) word++;
    const bits = occupied[word]!;
    return (word << 5) + 31 - Math.clz32(bits & -bits);
  }

  /** Relinks every list without the events that fail; counts what is left. */
  filter(keep: (slot: number) => boolean): void {
    let kept = 0;
    const words = this.records.words;
    for (let bucket = this.cursor; bucket < this.bucketCount; bucket++) {
      let slot = this.heads[bucket]!;
      if (slot === END) continue;
      let head: number = END;
      while (slot !== END) {
        const next = words[slot * RECORD_WORDS + NEXT]!;
        if (keep(slot)) {
          words[slot * RECORD_WORDS + NEXT] = head;
          head = slot;
          kept++;
        }
        slot = next;
      }
      this.heads[bucket] = head;
      if (head === END) this.occupied[bucket >> 5]! ^= 1 << (bucket & 31);
    }
    this.count = kept;
  }

  /**
   * Reads through the lists of the next eight buckets side by side, for nothing but to have their
   * records in the cache when the buckets are taken.
   *
   * A list is a chain of dependent reads, each a cache miss when a million events are pending; eight
   * chains at once wait for eight misses in the time of one. Cuts the cost per event by half there.
   */
  private walkAhead(bucket: number): void {
    if (bucket + WALK_WIDTH > this.bucketCount) return;
    const { heads } = this;
    const words = this.records.words;
    let a = heads[bucket]!;
    let b = heads[bucket + 1]!;
    let c = heads[bucket + 2]!;
    let d = heads[bucket + 3]!;
    let e = heads[bucket + 4]!;
    let f = heads[bucket + 5]!;
    let g = heads[bucket + 6]!;
    let h = heads[bucket + 7]!;
    // END links to itself, so shorter lists wait at it for the longest.
    while ((a | b | c | d | e | f | g | h) !== END) {
      a = words[a * RECORD_WORDS + NEXT]!;
      b = words[b * RECORD_WORDS + NEXT]!;
      c = words[c * RECORD_WORDS + NEXT]!;
      d = words[d * RECORD_WORDS + NEXT]!;
      e = words[e * RECORD_WORDS + NEXT]!;
      f = words[f * RECORD_WORDS + NEXT]!;
      g = words[g * RECORD_WORDS + NEXT]!;
      h = words[h * RECORD_WORDS + NEXT]!;
    }
    this.walkedTo = bucket + WALK_WIDTH;
  }
}
