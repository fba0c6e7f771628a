const NONE = -1;

/** The running jobs of a run, for questions that are asked seldom. */
export interface RunningJobs {
  readonly size: number;
  has(job: number): boolean;
  add(job: number): void;
  remove(job: number): void;
  /** In order of the job table. */
  sorted(): readonly number[];
}

/** Nobody runs. @param jobCount rows of the job table */
export function createRunningJobs(jobCount: number): RunningJobs {
  const slotOf = new Int32Array(jobCount).fill(NONE);
  const jobs: number[] = [];
  return {
    get size() {
      return jobs.length;
    },
    has: (job) => slotOf[job] !== NONE,
    add(job) {
      slotOf[job] = jobs.push(job) - 1;
    },
    remove(job) {
      const last = jobs.pop()!;
      if (last !== job) {
        jobs[slotOf[job]!] = last;
        slotOf[last] = slotOf[job]!;
      }
      slotOf[job] = NONE;
    },
    sorted: () => jobs.slice().sort((left, right) => left - right),
  };
}
