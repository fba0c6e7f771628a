import type { GangParts } from "../../policy/gang/types.js";
import type { PlacedPart } from "./batch-spec.js";

/** Where every started job ran, in one growing column of integers. */
export interface PlacementLog {
  /** Writes down where the job went; a later start of the same job replaces the earlier. */
  write(job: number, parts: GangParts, nodeMap: Int32Array): void;
  placementOf(job: number): readonly PlacedPart[];
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

  write(job: number, parts: GangParts, nodeMap: Int32Array): void {
    const { length, values } = parts;
    if (length === 0) return;
    if (this.length + length + 1 > this.values.length) {
      const larger = new Int32Array(Math.ceil((this.length + length + 1) * 1.5));
      larger.set(this.values);
      this.values = larger;
    }
    this.offsets[job] = this.length + 1;
    this.values[this.length++] = length;
    for (let index = 0; index < length;) {
      const gpuCount = values[index + 1]!;
      this.values[this.length++] = nodeMap[values[index]!]!;
      this.values[this.length++] = gpuCount;
      for (let gpu = 0; gpu < gpuCount; gpu++)
        this.values[this.length++] = values[index + 2 + gpu]!;
      index += 2 + gpuCount;
    }
  }

  placementOf(job: number): readonly PlacedPart[] {
    const offset = (this.offsets[job] ?? 0) - 1;
    if (offset < 0) return [];
    const end = offset + 1 + this.values[offset]!;
    const parts: PlacedPart[] = [];
    for (let index = offset + 1; index < end;) {
      const gpuCount = this.values[index + 1]!;
      const gpus = Array.from(this.values.subarray(index + 2, index + 2 + gpuCount));
      parts.push({ node: this.values[index]!, gpus });
      index += 2 + gpuCount;
    }
    return parts;
  }
}

/** An empty log for `jobCount` jobs. */
export function createPlacementLog(jobCount: number): PlacementLog {
  return new GrowingPlacementLog(jobCount);
}
