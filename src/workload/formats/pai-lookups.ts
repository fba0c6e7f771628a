import { createGrowableFloat64, createGrowableInt32 } from "../../base/growable.js";
import { createIdIndex } from "../id-index.js";
import { createNamePool } from "../name-pool.js";
import { ownText } from "../own-text.js";

/** What the PAI job table says of a job. */
export interface PaiJob {
  readonly submitS: number;
  readonly user: string;
}

/** The PAI job table by name of the job. */
export interface PaiJobs {
  readonly count: number;
  /** False when the name is taken. */
  add(name: string, job: PaiJob): boolean;
  find(name: string): PaiJob | undefined;
}

/** Creates an empty job table; about 70 bytes a job beside the name. */
export function createPaiJobs(): PaiJobs {
  const names: string[] = [];
  const index = createIdIndex(names);
  const submitS = createGrowableFloat64();
  const user = createGrowableInt32();
  const users = createNamePool();
  return {
    get count() {
      return names.length;
    },
    add(name, job) {
      names.push(ownText(name));
      if (index.add(names.length - 1) !== -1) {
        names.pop();
        return false;
      }
      submitS.push(job.submitS);
      user.push(users.indexOf(job.user));
      return true;
    },
    find(name) {
      const row = index.rowOf(name);
      if (row === -1) return undefined;
      return { submitS: submitS.get(row), user: users.names[user.get(row)]! };
    },
  };
}

/** When the instances of a task ran. */
export interface PaiInstanceSpan {
  readonly count: number;
  /** First start; NaN when none started. */
  readonly startS: number;
  /** Last end; NaN when some instance had not ended. */
  readonly endS: number;
}

/** The PAI instance table by task. */
export interface PaiInstances {
  readonly count: number;
  add(task: string, startS: number, endS: number): void;
  find(task: string): PaiInstanceSpan | undefined;
}

/** Creates an empty instance table: one entry per task, however many instances it had. */
export function createPaiInstances(): PaiInstances {
  const tasks: string[] = [];
  const index = createIdIndex(tasks);
  const counts = createGrowableInt32();
  const firstS = createGrowableFloat64();
  const lastS = createGrowableFloat64();
  let count = 0;
  return {
    get count() {
      return count;
    },
    add(task, startS, endS) {
      count += 1;
      const known = index.rowOf(task);
      if (known === -1) {
        tasks.push(ownText(task));
        index.add(tasks.length - 1);
        counts.push(1);
        firstS.push(startS);
        lastS.push(endS);
        return;
      }
      counts.set(known, counts.get(known) + 1);
      // An instance that never started says nothing about the first start; one that had not ended
      // leaves the last end unknown.
      const earliestS = firstS.get(known);
      if (Number.isNaN(earliestS) || startS < earliestS) firstS.set(known, startS);
      lastS.set(known, Math.max(lastS.get(known), endS));
    },
    find(task) {
      const row = index.rowOf(task);
      if (row === -1) return undefined;
      return { count: counts.get(row), startS: firstS.get(row), endS: lastS.get(row) };
    },
  };
}
