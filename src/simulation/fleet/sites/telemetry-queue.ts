/**
 * What a site measured and has not sent yet: kept in order of its age, the oldest sent first, and dropped when it is
 * older than the horizon. Exact for a stream of constant rate: an hour of telemetry is an hour.
 *
 * @see Azure Monitor pipeline at the edge: cached data are back-filled first in, first out, and dropped after 48 h
 */
export interface TelemetryQueue {
  /** Seconds of telemetry dropped before they could be sent. */
  readonly lostS: number;
  /** Seconds of telemetry that wait now. */
  readonly waitingS: number;
  /** A stretch in which nothing changed. */
  pass(stretch: {
    readonly fromS: number;
    readonly toS: number;
    readonly isMeasured: boolean;
    /** Measured and kept telemetry can be sent. */
    readonly isSent: boolean;
  }): void;
}

/** @param backfill seconds of telemetry that are sent in a second, ≥ 1 */
export function createTelemetryQueue(horizonS: number, backfill: number): TelemetryQueue {
  /** Stretches that wait, oldest first. */
  const waiting: { fromS: number; toS: number }[] = [];
  let lostS = 0;
  const sum = (): number => waiting.reduce((total, { fromS, toS }) => total + toS - fromS, 0);
  /** Takes from the front what `until` says is still there to take. */
  const takeFront = (amountS: number): void => {
    let left = amountS;
    while (left > 0 && waiting.length > 0) {
      const first = waiting[0]!;
      const lengthS = first.toS - first.fromS;
      if (lengthS > left) {
        first.fromS += left;
        return;
      }
      left -= lengthS;
      waiting.shift();
    }
  };
  const append = (fromS: number, toS: number): void => {
    const last = waiting[waiting.length - 1];
    if (last?.toS === fromS) last.toS = toS;
    else if (toS > fromS) waiting.push({ fromS, toS });
  };
  const dropOld = (nowS: number): void => {
    const oldestS = nowS - horizonS;
    while (waiting.length > 0 && waiting[0]!.fromS < oldestS) {
      const first = waiting[0]!;
      const endS = Math.min(first.toS, oldestS);
      lostS += endS - first.fromS;
      if (endS === first.toS) waiting.shift();
      else first.fromS = endS;
    }
  };
  return {
    get lostS() {
      return lostS;
    },
    get waitingS() {
      return sum();
    },
    pass({ fromS, toS, isMeasured, isSent }) {
      const lengthS = toS - fromS;
      // While it is sent nothing grows too old: the front moves on at least as fast as time does.
      const canSendS = isSent ? backfill * lengthS : 0;
      if (isMeasured) append(fromS, toS);
      if (isSent) {
        const wasEmpty = sum() <= (isMeasured ? lengthS : 0);
        takeFront(wasEmpty ? Infinity : canSendS);
      } else dropOld(toS);
    },
  };
}
