/** Exact time integrals of the recorded quantities, and their largest values. */
export interface UtilizationTotals {
  /** Seconds from the first sample to the end. */
  readonly spanS: number;
  /** Value x seconds, one per quantity. */
  readonly integrals: Float64Array;
  readonly maxima: Float64Array;
}

/** Step functions over time, one column per quantity: row i holds until row i+1. */
export interface UtilizationColumns {
  readonly timeS: Float64Array;
  readonly columns: readonly Float64Array[];
}

/**
 * Keeps several quantities over time in bounded memory, and their exact integrals beside.
 *
 * Every instant is a row until there are too many; then instants are gathered in equal time buckets
 * whose rows hold time-weighted means, and the buckets grow as the run does. Totals never lose anything.
 */
export interface UtilizationRecorder {
  /** The values that hold from `timeS` on. Times must not fall; a second sample at one time replaces the first. */
  sample(timeS: number, values: Float64Array): void;
  /** Ends the last row at `endS`. */
  finish(endS: number): void;
  totals(): UtilizationTotals;
  columns(): UtilizationColumns;
}

/** Rows that there is room for at first. Most runs are short, and a study makes thousands of them. */
const ROWS_FIRST = 256;

class BucketingRecorder implements UtilizationRecorder {
  private timeS: Float64Array;
  /** Value of a row that holds one instant; exact, where the integral divided by the width would not be. */
  private firstValue: Float64Array;
  private rowIntegral: Float64Array;
  private instants: Int32Array;
  private rows = 0;
  /** 0 while every instant has its own row. */
  private bucketS = 0;
  private startS = 0;
  private lastS = 0;
  private readonly current: Float64Array;
  private readonly integrals: Float64Array;
  private readonly maxima: Float64Array;

  constructor(
    private readonly width: number,
    private readonly rowsMax: number,
  ) {
    const capacity = Math.min(ROWS_FIRST, rowsMax);
    this.timeS = new Float64Array(capacity);
    this.firstValue = new Float64Array(capacity * width);
    this.rowIntegral = new Float64Array(capacity * width);
    this.instants = new Int32Array(capacity);
    this.current = new Float64Array(width);
    this.integrals = new Float64Array(width);
    this.maxima = new Float64Array(width);
  }

  sample(timeS: number, values: Float64Array): void {
    if (this.rows === 0) {
      this.startS = timeS;
      this.lastS = timeS;
    }
    this.advance(timeS);
    if (this.rows === 0 || !this.inLastRow(timeS)) {
      if (this.rows === this.rowsMax) this.gather(timeS);
      if (this.rows === 0 || !this.inLastRow(timeS)) this.openRow(timeS);
      else this.instants[this.rows - 1]!++;
    } else if (this.timeS[this.rows - 1] !== timeS) {
      this.instants[this.rows - 1]!++;
    }
    const row = this.rows - 1;
    const replaces = this.timeS[row] === timeS;
    for (let index = 0; index < this.width; index++) {
      const value = values[index]!;
      this.current[index] = value;
      if (replaces) this.firstValue[row * this.width + index] = value;
      if (value > this.maxima[index]!) this.maxima[index] = value;
    }
  }

  finish(endS: number): void {
    if (this.rows > 0) this.advance(endS);
  }

  totals(): UtilizationTotals {
    return {
      spanS: this.lastS - this.startS,
      integrals: this.integrals.slice(),
      maxima: this.maxima.slice(),
    };
  }

  columns(): UtilizationColumns {
    const { rows, width } = this;
    const columns = Array.from({ length: width }, () => new Float64Array(rows));
    for (let row = 0; row < rows; row++) {
      const endS = row + 1 < rows ? this.timeS[row + 1]! : this.lastS;
      const widthS = endS - this.timeS[row]!;
      const isMean = this.instants[row]! > 1 && widthS > 0;
      for (let index = 0; index < width; index++) {
        const cell = row * width + index;
        columns[index]![row] = isMean ? this.rowIntegral[cell]! / widthS : this.firstValue[cell]!;
      }
    }
    return { timeS: this.timeS.slice(0, rows), columns };
  }

  /** Adds what held since the last sample to the totals and to the last row. */
  private advance(timeS: number): void {
    const elapsedS = timeS - this.lastS;
    if (elapsedS < 0) throw new Error(`utilization: time fell from ${this.lastS} to ${timeS}`);
    if (elapsedS === 0) return;
    const offset = (this.rows - 1) * this.width;
    for (let index = 0; index < this.width; index++) {
      const area = this.current[index]! * elapsedS;
      this.integrals[index]! += area;
      this.rowIntegral[offset + index]! += area;
    }
    this.lastS = timeS;
  }

  private inLastRow(timeS: number): boolean {
    const rowS = this.timeS[this.rows - 1]!;
    return rowS === timeS || (this.bucketS > 0 && this.bucketOf(rowS) === this.bucketOf(timeS));
  }

  private bucketOf(timeS: number): number {
    return Math.floor((timeS - this.startS) / this.bucketS);
  }

  private openRow(timeS: number): void {
    const row = this.rows++;
    if (row === this.instants.length) this.grow();
    this.timeS[row] = timeS;
    this.instants[row] = 1;
    this.rowIntegral.fill(0, row * this.width, (row + 1) * this.width);
  }

  /** Twice the room, up to the most rows. */
  private grow(): void {
    const capacity = Math.min(2 * this.instants.length, this.rowsMax);
    this.timeS = grown(this.timeS, capacity);
    this.firstValue = grown(this.firstValue, capacity * this.width);
    this.rowIntegral = grown(this.rowIntegral, capacity * this.width);
    const instants = new Int32Array(capacity);
    instants.set(this.instants);
    this.instants = instants;
  }

  /** Makes room: buckets so wide that half of the rows would reach `timeS`. */
  private gather(timeS: number): void {
    this.bucketS = (2 * (timeS - this.startS)) / this.rowsMax;
    let kept = 0;
    for (let row = 1; row < this.rows; row++) {
      if (this.bucketOf(this.timeS[kept]!) === this.bucketOf(this.timeS[row]!)) {
        this.instants[kept]! += this.instants[row]!;
        for (let index = 0; index < this.width; index++) {
          this.rowIntegral[kept * this.width + index]! +=
            this.rowIntegral[row * this.width + index]!;
        }
      } else {
        this.moveRow(row, ++kept);
      }
    }
    this.rows = kept + 1;
  }

  private moveRow(from: number, to: number): void {
    const { width } = this;
    this.timeS[to] = this.timeS[from]!;
    this.instants[to] = this.instants[from]!;
    this.firstValue.copyWithin(to * width, from * width, (from + 1) * width);
    this.rowIntegral.copyWithin(to * width, from * width, (from + 1) * width);
  }
}

function grown(values: Float64Array, length: number): Float64Array {
  const longer = new Float64Array(length);
  longer.set(values);
  return longer;
}

/**
 * @param options.quantities number of values per sample
 * @param options.rowsMax most rows `columns` may give; at least 4
 * @throws RangeError when rowsMax is below 4
 */
export function createUtilizationRecorder(options: {
  readonly quantities: number;
  readonly rowsMax: number;
}): UtilizationRecorder {
  const { quantities, rowsMax } = options;
  if (!(rowsMax >= 4))
    throw new RangeError(`utilization recorder: rowsMax must be at least 4, got ${rowsMax}`);
  return new BucketingRecorder(quantities, rowsMax);
}
