import type { GangParts } from "../../policy/gang/types.js";
import type { PlacedPart } from "./batch-spec.js";

/** Where every started job ran, in one growing column of integers. */
export interface PlacementLog {
  /** Writes down where the job went; a later start of the same job replaces the earlier. */
  write(job: number, parts: GangParts): void;
  /** The parts as written; valid until the next `write`. */
  partsOf(job: number): GangParts;
  /** The parts with nodes translated by `nodeMap`. */
  placementOf(job: number, nodeMap: Int32Array): readonly PlacedPart[];
}

class GrowingPlacementLog implements PlacementLog {
  /** Offset into `values` plus one; 0 for a job without a placement. */
  private readonly offsets: Float64Array;
  private values: Int32Array;
  private length = 0;

  constructor(jobCount: number) {
    this.offsets = new Float64Array(jobCount);
    this.values = new Int32Array(Math.max(16, jobCount * 4));
  }

  write(job: number, parts: GangParts): void {
    const { length, values } = parts;
    if (length === 0) return;
    const before = (this.offsets[job] ?? 0) - 1;
    // A restarted job of the same size takes its old line: the log does not grow with restarts.
    if (before >= 0 && this.values[before] === length) {
      for (let index = 0; index < length; index++) this.values[before + 1 + index] = values[index]!;
      return;
    }
    if (this.length + length + 1 > this.values.length) {
      const larger = new Int32Array(Math.ceil((this.length + length + 1) * 1.5));
      larger.set(this.values);
      this.values = larger;
    }
    this.offsets[job] = this.length + 1;
    this.values[this.length++] = length;
    for (let index = 0; index < length; index++) this.values[this.length++] = values[index]!;
  }

  partsOf(job: number): GangParts {
    const offset = (this.offsets[job] ?? 0) - 1;
    if (offset < 0) return { values: this.values, length: 0 };
    const length = this.values[offset]!;
    return { values: this.values.subarray(offset + 1, offset + 1 + length), length };
  }

  placementOf(job: number, nodeMap: Int32Array): readonly PlacedPart[] {
    const { values, length } = this.partsOf(job);
    const parts: PlacedPart[] = [];
    for (let index = 0; index < length;) {
      const gpuCount = values[index + 1]!;
      const gpus = Array.from(values.subarray(index + 2, index + 2 + gpuCount));
      parts.push({ node: nodeMap[values[index]!]!, gpus });
      index += 2 + gpuCount;
    }
    return parts;
  }
}

/** An empty log for `jobCount` jobs. */
export function createPlacementLog(jobCount: number): PlacementLog {
  return new GrowingPlacementLog(jobCount);
}
