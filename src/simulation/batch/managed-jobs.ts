/** Seconds a managed job is taken to run by whoever plans with durations: longer than any run. */
export const ENDLESS_S = 1e9;

/** Where a managed job stands. `leaving` is still in a queue, and leaves it when its turn comes. */
type Standing = "away" | "waiting" | "leaving" | "running";

/**
 * The rows of a job table that no trace submits: a process of the run submits them, ends them, and may
 * submit them again. Replicas of a service are such jobs: what applies to jobs in queues and on nodes
 * applies to them.
 */
export interface ManagedJobs {
  /** Rows from here on are managed; the count of the table when none is. */
  readonly from: number;
  readonly any: boolean;
  isManaged(job: number): boolean;
  /** Managed jobs in a queue that want to start, and those that run. */
  readonly waiting: number;
  readonly running: number;
  /** Managed jobs in a queue that nobody wants there any more. */
  readonly leaving: number;
  standingOf(job: number): Standing;
  put(job: number, standing: Standing): void;
  /** Any job starts, or is stopped by somebody and waits again; those that are not managed do not matter. */
  started(job: number): void;
  stopped(job: number, reason: number): void;
}

/** Who is told of managed jobs. */
export interface ManagedJobsListener {
  /** @param isWanted false for a job that was to leave its queue: it must be ended */
  started(job: number, isWanted: boolean): void;
  /** @param reason index into the run's reasons */
  stopped(job: number, reason: number): void;
}

/** Standings of managed jobs, all of them away. @param from first managed row @param count rows of the table */
export function createManagedJobs(
  from: number,
  count: number,
  listener: ManagedJobsListener,
): ManagedJobs {
  const standing: Standing[] = Array.from({ length: count - from }, () => "away");
  const counts: Record<Standing, number> = {
    away: count - from,
    waiting: 0,
    leaving: 0,
    running: 0,
  };
  const put = (job: number, next: Standing): void => {
    counts[standing[job - from]!]--;
    standing[job - from] = next;
    counts[next]++;
  };
  return {
    from,
    any: count > from,
    isManaged: (job) => job >= from,
    get waiting() {
      return counts.waiting;
    },
    get running() {
      return counts.running;
    },
    get leaving() {
      return counts.leaving;
    },
    standingOf: (job) => standing[job - from]!,
    put,
    started(job) {
      if (job < from) return;
      const isWanted = standing[job - from] === "waiting";
      put(job, "running");
      listener.started(job, isWanted);
    },
    stopped(job, reason) {
      if (job < from) return;
      put(job, "waiting");
      listener.stopped(job, reason);
    },
  };
}
