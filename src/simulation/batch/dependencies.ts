import { SpecificationError } from "../../base/specification-error.js";
import type { JobTable } from "../../workload/job-table.js";

/** Which jobs must end before others may start. */
export interface Dependencies {
  /** A job was submitted: it may run, it must wait for others to end, or one of those can never run. */
  submitted(job: number): "ready" | "held" | "doomed";
  /** A job has ended: calls `ready` with every submitted job that waited for it last. */
  ended(job: number, ready: (job: number) => void): void;
  /** A job can never run: calls `doomed` with every submitted job that waited for it, directly. */
  failed(job: number, doomed: (job: number) => void): void;
}

const independent: Dependencies = {
  submitted: () => "ready",
  ended: () => undefined,
  failed: () => undefined,
};

class TrackedDependencies implements Dependencies {
  /** Jobs that wait for job i: `dependents[offset[i]..offset[i + 1])`. */
  private readonly offset: Int32Array;
  private readonly dependents: Int32Array;
  private readonly unmet: Int32Array;
  private readonly isHeld: Uint8Array;
  private readonly isDoomed: Uint8Array;

  constructor(private readonly jobs: JobTable) {
    const { count, dependencyOffset, dependencies } = jobs;
    this.unmet = new Int32Array(count);
    this.isHeld = new Uint8Array(count);
    this.isDoomed = new Uint8Array(count);
    this.offset = new Int32Array(count + 1);
    for (const target of dependencies!) this.offset[target + 1]!++;
    for (let job = 0; job < count; job++) this.offset[job + 1]! += this.offset[job]!;
    this.dependents = new Int32Array(dependencies!.length);
    const next = this.offset.slice();
    for (let job = 0; job < count; job++) {
      for (let index = dependencyOffset![job]!; index < dependencyOffset![job + 1]!; index++) {
        this.dependents[next[dependencies![index]!]!++] = job;
        this.unmet[job]!++;
      }
    }
    this.assertNoCycle();
  }

  submitted(job: number): "ready" | "held" | "doomed" {
    if (this.isDoomed[job] === 1) return "doomed";
    if (this.unmet[job] === 0) return "ready";
    this.isHeld[job] = 1;
    return "held";
  }

  ended(job: number, ready: (job: number) => void): void {
    for (let index = this.offset[job]!; index < this.offset[job + 1]!; index++) {
      const dependent = this.dependents[index]!;
      this.unmet[dependent]!--;
      if (this.unmet[dependent] !== 0 || this.isHeld[dependent] === 0) continue;
      this.isHeld[dependent] = 0;
      ready(dependent);
    }
  }

  failed(job: number, doomed: (job: number) => void): void {
    for (let index = this.offset[job]!; index < this.offset[job + 1]!; index++) {
      const dependent = this.dependents[index]!;
      if (this.isDoomed[dependent] === 1) continue;
      this.isDoomed[dependent] = 1;
      if (this.isHeld[dependent] === 0) continue;
      this.isHeld[dependent] = 0;
      doomed(dependent);
    }
  }

  /** Takes away jobs that wait for nobody until none is left; what stays waits in a circle. */
  private assertNoCycle(): void {
    const unmet = this.unmet.slice();
    const free = Array.from(unmet.keys()).filter((job) => unmet[job] === 0);
    let taken = 0;
    for (let job = free.pop(); job !== undefined; job = free.pop()) {
      taken++;
      for (let index = this.offset[job]!; index < this.offset[job + 1]!; index++) {
        const dependent = this.dependents[index]!;
        if (--unmet[dependent]! === 0) free.push(dependent);
      }
    }
    if (taken === this.jobs.count) return;
    const stuck = unmet.findIndex((count) => count > 0);
    throw new SpecificationError(
      `dependencies: ${this.jobs.count - taken} jobs wait for each other in a circle or for jobs of one, such as "${this.jobs.ids[stuck]}"`,
    );
  }
}

/**
 * The dependencies of a job table.
 *
 * @throws RangeError when jobs wait for each other in a circle
 */
export function createDependencies(jobs: JobTable): Dependencies {
  return (jobs.dependencies?.length ?? 0) === 0 ? independent : new TrackedDependencies(jobs);
}
