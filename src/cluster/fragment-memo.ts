import type { GpuStates } from "./gpu-states.js";
import { IDLE_CLASSES, type TypicalPod } from "./idle-classes.js";
import type { ReadonlyNumbers } from "./view.js";

const CLASS_COUNT = IDLE_CLASSES.length;
const [LACK_BOTH, LACK_GPU, SATISFIED, LACK_CPU, CPU_POD_FITS, CPU_POD_LACKS_CPU, NO_ACCESS] = [
  0, 1, 2, 3, 4, 5, 6,
];
/** Memo entries (doubles) kept before starting over: 32 MiB. */
const ENTRIES_MAX = 4_194_304;

/**
 * Fragment amounts by (GPU state, which typical pods accept the model, CPU rank), each computed once.
 *
 * The CPU rank of a node is how many distinct CPU requests of the typical pods its free CPU covers:
 * between two of them free CPU makes no difference.
 */
export class FragmentMemo {
  readonly #states: GpuStates;
  readonly #typicalPods: readonly TypicalPod[];
  readonly #gpuMilli: Int32Array;
  readonly #gpuCount: Int32Array;
  readonly #podCount: Float64Array;
  readonly #weight: Float64Array;
  /** Rank a node needs to cover the CPU of a typical pod. */
  readonly #rankNeeded: Int32Array;
  /** Distinct CPU requests, ascending. */
  readonly #cpuSteps: Float64Array;
  /** Per access class, whether each typical pod accepts. */
  readonly #accepts: Uint8Array[] = [];
  readonly #accessOfModel: Int32Array;
  readonly #ranks: number;
  /** Per state and access class: 0 is no row yet, else 1 + offset into #amounts. */
  #rowOf = new Int32Array(1024);
  #amounts = new Float64Array(16_384);
  #amountsUsed = 0;
  readonly #sums = new Float64Array(CLASS_COUNT);
  readonly #counts = new Float64Array(CLASS_COUNT);

  constructor(states: GpuStates, typicalPods: readonly TypicalPod[], gpuModels: readonly string[]) {
    this.#states = states;
    this.#typicalPods = typicalPods;
    this.#gpuMilli = Int32Array.from(typicalPods, ({ request }) => request.gpuMilli);
    this.#gpuCount = Int32Array.from(typicalPods, ({ request }) => request.gpuCount);
    this.#podCount = Float64Array.from(typicalPods, ({ count }) => count);
    this.#weight = Float64Array.from(typicalPods, ({ weight }) => weight);
    const steps = [...new Set(typicalPods.map(({ request }) => request.cpuMilli))].sort(
      (a, b) => a - b,
    );
    this.#cpuSteps = Float64Array.from(steps);
    this.#rankNeeded = Int32Array.from(
      typicalPods,
      ({ request }) => steps.indexOf(request.cpuMilli) + 1,
    );
    this.#ranks = steps.length + 1;
    this.#accessOfModel = Int32Array.from(gpuModels, (model) => this.#addAccess(model));
  }

  /** True when the memo should be cleared at the next chance. */
  get isLarge(): boolean {
    return this.#amountsUsed > ENTRIES_MAX;
  }

  /** Access class of a GPU model index; any class will do for a node without GPUs (-1). */
  accessOf(model: number): number {
    return model < 0 ? 0 : this.#accessOfModel[model]!;
  }

  /** CPU rank of an amount of free CPU in thousandths of a core. */
  rankOf(cpuMilliFree: number): number {
    const steps = this.#cpuSteps;
    let low = 0;
    let high = steps.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (steps[middle]! <= cpuMilliFree) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Fragment in thousandths of a GPU. */
  amount(state: number, access: number, rank: number): number {
    const key = state * Math.max(this.#accepts.length, 1) + access;
    const row = key < this.#rowOf.length ? this.#rowOf[key]! : 0;
    const at = (row > 0 ? row - 1 : this.#addRow(key)) + rank;
    const known = this.#amounts[at]!;
    // NaN is "not computed yet".
    if (!Number.isNaN(known)) return known;
    const amount = this.#computeAmount(state, access, rank);
    this.#amounts[at] = amount;
    return amount;
  }

  /** Idle thousandths times pods by class: whole numbers, whose sum is idle thousandths times all typical pods. Overwritten by the next call. */
  classCounts(state: number, access: number, rank: number): ReadonlyNumbers {
    this.#counts.fill(0);
    this.#accumulate(state, access, rank, this.#podCount, this.#counts);
    return this.#counts;
  }

  /** Forgets every amount. */
  clear(): void {
    this.#rowOf.fill(0);
    this.#amountsUsed = 0;
  }

  #addAccess(model: string): number {
    // Nodes that hand out instances show no idle thousandths here; who wants nothing else has no use for others.
    const accepts = Uint8Array.from(this.#typicalPods, ({ request: { gpuModels, gpuPart } }) =>
      (gpuModels.length === 0 || gpuModels.includes(model)) && gpuPart?.isMigOnly !== true ? 1 : 0,
    );
    const same = this.#accepts.findIndex((other) =>
      other.every((value, t) => value === accepts[t]),
    );
    if (same >= 0) return same;
    this.#accepts.push(accepts);
    return this.#accepts.length - 1;
  }

  #addRow(key: number): number {
    if (key >= this.#rowOf.length) {
      const larger = new Int32Array(Math.max(key + 1, this.#rowOf.length * 2));
      larger.set(this.#rowOf);
      this.#rowOf = larger;
    }
    const offset = this.#amountsUsed;
    const end = offset + this.#ranks;
    if (end > this.#amounts.length) {
      const larger = new Float64Array(Math.max(end, this.#amounts.length * 2));
      larger.set(this.#amounts);
      this.#amounts = larger;
    }
    this.#amounts.fill(Number.NaN, offset, end);
    this.#amountsUsed = end;
    this.#rowOf[key] = offset + 1;
    return offset;
  }

  #computeAmount(state: number, access: number, rank: number): number {
    const sums = this.#sums;
    sums.fill(0);
    this.#accumulate(state, access, rank, this.#weight, sums);
    // The published order; another order moves the last bit and with it a truncated score.
    return (
      sums[LACK_BOTH]! +
      sums[LACK_GPU]! +
      sums[LACK_CPU]! +
      sums[CPU_POD_FITS]! +
      sums[CPU_POD_LACKS_CPU]! +
      sums[NO_ACCESS]!
    );
  }

  /** Adds every typical pod's classes to `sums`, in order, times its factor. */
  #accumulate(
    state: number,
    access: number,
    rank: number,
    factors: Float64Array,
    sums: Float64Array,
  ): void {
    const { values } = this.#states;
    const first = this.#states.firstValue(state);
    const end = this.#states.endValue(state);
    let idle = 0;
    for (let i = first; i < end; i += 1) idle += values[i]!;
    if (idle === 0) return;
    const accepts = this.#accepts[access]!;
    for (let t = 0; t < factors.length; t += 1) {
      const factor = factors[t]!;
      const hasCpu = rank >= this.#rankNeeded[t]!;
      const gpuMilli = this.#gpuMilli[t]!;
      if (gpuMilli === 0) sums[hasCpu ? CPU_POD_FITS : CPU_POD_LACKS_CPU]! += factor * idle;
      else if (accepts[t] === 0) sums[NO_ACCESS]! += factor * idle;
      else {
        let tooFull = 0;
        let at = first;
        while (at < end && values[at]! < gpuMilli) {
          tooFull += values[at]!;
          at += 1;
        }
        const hosts = end - at >= this.#gpuCount[t]!;
        if (!hosts) sums[hasCpu ? LACK_GPU : LACK_BOTH]! += factor * idle;
        else if (!hasCpu) sums[LACK_CPU]! += factor * idle;
        else {
          sums[LACK_GPU]! += factor * tooFull;
          sums[SATISFIED]! += factor * (idle - tooFull);
        }
      }
    }
  }
}
