import { gangGpuMilli } from "../../policy/gang/gang-gpu-milli.js";
import { OUTCOME, type BatchRun } from "../../simulation/batch/batch-spec.js";
import { waitedS } from "../../simulation/batch/waited.js";
import { SIZE_CLASS_LABELS, sizeClassOf } from "../run/job-size-class.js";

const GPU_MILLI = 1000;
const SECONDS_PER_HOUR = 3600;

/** Hours that jobs waited, taken apart in ways whose parts sum to the whole. */
export interface WaitBreakdown {
  /** Hours all jobs waited together; those still waiting with their wait so far, those never placeable not at all. */
  readonly hours: number;
  /** By the reason of the last refusal, most hours first; "" for waits without one, such as repairs. */
  readonly byReason: readonly WaitPart[];
  /** By GPUs asked for, small jobs first. */
  readonly bySize: readonly WaitPart[];
  /** By tenant, in the order of the job table. */
  readonly byTenant: readonly WaitPart[];
}

/** One part of the hours waited. */
export interface WaitPart {
  readonly name: string;
  /** Submitted jobs of the part; for a reason, those that waited. */
  readonly jobs: number;
  readonly waitHours: number;
}

/** Adds up what jobs waited. */
export function waitBreakdown(run: BatchRun): WaitBreakdown {
  const { jobs, outcome, waitReason, reasons } = run;
  const waits = waitedS(run);
  const sizes = createParts(SIZE_CLASS_LABELS);
  const tenants = createParts(jobs.tenantNames);
  // One more for waits that no refusal explains.
  const causes = createParts([...reasons, ""]);
  let seconds = 0;
  for (let job = 0; job < jobs.count; job++) {
    if (outcome[job] === OUTCOME.notSubmitted || outcome[job] === OUTCOME.neverPlaceable) continue;
    const waitS = Number.isNaN(waits[job]!) ? 0 : waits[job]!;
    seconds += waitS;
    sizes.add(sizeClassOf(gangGpuMilli(jobs, job) / GPU_MILLI), waitS);
    tenants.add(jobs.tenant[job]!, waitS);
    if (waitS > 0) causes.add(waitReason[job]! < 0 ? reasons.length : waitReason[job]!, waitS);
  }
  return {
    hours: seconds / SECONDS_PER_HOUR,
    byReason: [...causes.list()].sort(
      (left, right) => right.waitHours - left.waitHours || (left.name < right.name ? -1 : 1),
    ),
    bySize: sizes.list(),
    byTenant: tenants.list(),
  };
}

interface Parts {
  add(part: number, waitS: number): void;
  /** Parts that have jobs. */
  list(): readonly WaitPart[];
}

function createParts(names: readonly string[]): Parts {
  const counts = new Int32Array(names.length);
  const seconds = new Float64Array(names.length);
  return {
    add(part, waitS) {
      counts[part]! += 1;
      seconds[part]! += waitS;
    },
    list: () =>
      names.flatMap((name, part) =>
        counts[part] === 0
          ? []
          : [{ name, jobs: counts[part]!, waitHours: seconds[part]! / SECONDS_PER_HOUR }],
      ),
  };
}
