import { SpecificationError } from "../../base/specification-error.js";
import { createRankHeap, type RankHeap } from "../../policy/queue/rank-heap.js";
import { rankByKeys, rankJobs } from "../../policy/queue/rank.js";
import type { QueuePolicy } from "../../policy/queue/types.js";
import type { JobTable } from "../../workload/job-table.js";
import type { DemandClasses } from "./demand-classes.js";
import type { LimitRule } from "./limit-rules.js";

const GPU_MILLI = 1000;

/** One bound with what is used of it: of a tenant, a user, or a job array. */
interface Account {
  readonly rule: Pick<LimitRule, "gpus" | "runningJobs" | "submittedJobs">;
  /** Whose limit, such as `tenant "vision"`. */
  readonly whose: string;
  running: number;
  gpuMilli: number;
  submitted: number;
  /** Jobs that wait for this limit, by demand class, in queue order. */
  readonly held: Map<number, RankHeap>;
  isDirty: boolean;
}

/** What limits are made from. */
export interface JobLimitSetting {
  readonly jobs: JobTable;
  readonly classes: DemandClasses;
  readonly rules: readonly LimitRule[];
  /** Order in which a limit that frees is offered to the jobs that wait for it. */
  readonly rankOf: Int32Array;
  readonly jobAt: Int32Array;
}

/**
 * Limits of tenants, users and job arrays.
 *
 * A job over a limit is no candidate: it leaves its queue without holding up others, and comes back when
 * enough of the limit is free. Of the jobs that wait for a limit as many of each demand class are offered
 * again as fit it, in queue order; a queue looks at the first of a class only.
 */
export class JobLimits {
  private readonly accounts: readonly (readonly Account[])[];
  private readonly dirty: Account[] = [];
  private readonly isRunning: Uint8Array;
  private readonly milliOf: Float64Array;
  /** Jobs that wait for a limit and are in no queue. */
  heldCount = 0;

  constructor(private readonly setting: JobLimitSetting) {
    this.accounts = accountsByJob(setting);
    this.isRunning = new Uint8Array(setting.jobs.count);
    this.milliOf = new Float64Array(setting.jobs.count);
  }

  /** Why the job may not even be submitted; undefined when it may. It counts as submitted then. */
  refusal(job: number): string | undefined {
    const milli = this.askedMilli(job);
    for (const { rule, whose, submitted } of this.accounts[job]!) {
      if (rule.gpus !== undefined && milli > rule.gpus * GPU_MILLI)
        return `limit of ${whose}: ${rule.gpus} GPUs at once, the job needs ${milli / GPU_MILLI}`;
      if (rule.runningJobs === 0) return `limit of ${whose}: no running job`;
      if (rule.submittedJobs !== undefined && submitted >= rule.submittedJobs)
        return `limit of ${whose}: ${rule.submittedJobs} submitted jobs, more are refused`;
    }
    for (const account of this.accounts[job]!) account.submitted++;
    return undefined;
  }

  /** Sets a job aside that is over a limit; returns why, or undefined when it may start. */
  setAside(job: number): string | undefined {
    const account = this.accounts[job]!.find((one) => this.exceeds(one, 1, this.askedMilli(job)));
    if (account === undefined) return undefined;
    const demand = this.setting.classes.classOf[job]!;
    let heap = account.held.get(demand);
    if (heap === undefined) account.held.set(demand, (heap = createRankHeap()));
    heap.push(this.setting.rankOf[job]!);
    this.heldCount++;
    return describeLimit(account, this.exceeds(account, 1, 0));
  }

  /** False when the job may not have that much more while it runs. Thousandths of a GPU. */
  allowsMore(job: number, milli: number): boolean {
    return !this.accounts[job]!.some((account) => this.exceeds(account, 0, milli));
  }

  /** The job runs, or runs with another number of GPUs. */
  holds(job: number, milli: number): void {
    for (const account of this.accounts[job]!) {
      account.running += 1 - this.isRunning[job]!;
      account.gpuMilli += milli - this.milliOf[job]!;
    }
    if (milli < this.milliOf[job]!) this.markDirty(job);
    this.isRunning[job] = 1;
    this.milliOf[job] = milli;
  }

  /** The job gave its room up. */
  left(job: number): void {
    for (const account of this.accounts[job]!) {
      account.running--;
      account.gpuMilli -= this.milliOf[job]!;
    }
    this.isRunning[job] = 0;
    this.milliOf[job] = 0;
    this.markDirty(job);
  }

  /** The job is over for good. */
  done(job: number): void {
    for (const account of this.accounts[job]!) account.submitted--;
  }

  /** True when jobs may be offered again. */
  get isDue(): boolean {
    return this.dirty.length > 0;
  }

  /** Calls `visit` with jobs that were set aside and may now be offered again. */
  release(visit: (job: number) => void): void {
    const { classes, jobAt } = this.setting;
    const released: number[] = [];
    for (const account of this.dirty.splice(0)) {
      account.isDirty = false;
      for (const [demand, heap] of account.held) {
        const fit = fitting(account, classes.gpuMilli[demand]!);
        for (let count = 0; count < fit && heap.size > 0; count++)
          released.push(jobAt[heap.pop()]!);
        if (heap.size === 0) account.held.delete(demand);
      }
    }
    this.heldCount -= released.length;
    for (const job of released) visit(job);
  }

  private askedMilli(job: number): number {
    const { classes } = this.setting;
    return classes.gpuMilli[classes.classOf[job]!]!;
  }

  private exceeds({ rule, running, gpuMilli }: Account, jobs: number, milli: number): boolean {
    const { runningJobs = Infinity, gpus = Infinity } = rule;
    return running + jobs > runningJobs || gpuMilli + milli > gpus * GPU_MILLI;
  }

  private markDirty(job: number): void {
    for (const account of this.accounts[job]!) {
      if (account.isDirty || account.held.size === 0) continue;
      account.isDirty = true;
      this.dirty.push(account);
    }
  }
}

/** Jobs of that size that fit into what is left. */
function fitting({ rule, running, gpuMilli }: Account, milli: number): number {
  const { runningJobs = Infinity, gpus = Infinity } = rule;
  const byGpus = milli === 0 ? Infinity : (gpus * GPU_MILLI - gpuMilli) / milli;
  return Math.floor(Math.min(runningJobs - running, byGpus));
}

function describeLimit({ rule, whose }: Account, byJobs: boolean): string {
  return byJobs
    ? `limit of ${whose}: ${rule.runningJobs} running ${rule.runningJobs === 1 ? "job" : "jobs"}`
    : `limit of ${whose}: ${rule.gpus} ${rule.gpus === 1 ? "GPU" : "GPUs"} at once`;
}

function accountsByJob({ jobs, rules }: JobLimitSetting): readonly (readonly Account[])[] {
  const none: readonly Account[] = [];
  const byKey = new Map<string, Account>();
  const accountOf = (whose: string, rule: Account["rule"]): Account => {
    let account = byKey.get(whose);
    if (account === undefined) {
      account = {
        rule,
        whose,
        running: 0,
        gpuMilli: 0,
        submitted: 0,
        held: new Map(),
        isDirty: false,
      };
      byKey.set(whose, account);
    }
    return account;
  };
  const ruleFor = (scope: LimitRule["scope"], name: string): LimitRule | undefined =>
    rules.find((rule) => rule.scope === scope && rule.name === name) ??
    rules.find((rule) => rule.scope === scope && rule.name === undefined);
  return Array.from({ length: jobs.count }, (_, job) => {
    const tenant = jobs.tenantNames[jobs.tenant[job]!]!;
    const user = jobs.userNames?.[jobs.user?.[job] ?? 0] ?? "";
    const byTenant = ruleFor("tenant", tenant);
    const byUser = user === "" ? undefined : ruleFor("user", user);
    const array = jobs.array?.[job] ?? 0;
    const arrayMax = jobs.arrayRunningMax?.[array] ?? 0;
    const accounts = [
      ...(byTenant === undefined ? [] : [accountOf(`tenant "${tenant}"`, byTenant)]),
      ...(byUser === undefined ? [] : [accountOf(`user "${user}"`, byUser)]),
      ...(arrayMax === 0
        ? []
        : [accountOf(`job array "${jobs.arrayNames![array]!}"`, { runningJobs: arrayMax })]),
    ];
    return accounts.length === 0 ? none : accounts;
  });
}

/**
 * The limits of a run; undefined when no job has one.
 *
 * @throws SpecificationError when the queue policy plans ahead for every job, or admits by quota
 */
export function createLimits(
  spec: { readonly jobs: JobTable; readonly useLimits?: readonly LimitRule[] },
  classes: DemandClasses,
  policy: QueuePolicy,
): JobLimits | undefined {
  const { jobs, useLimits: rules = [] } = spec;
  const hasArrays = jobs.arrayRunningMax?.some((most) => most > 0) === true;
  if (rules.length === 0 && !hasArrays) return undefined;
  const plansAll = policy.kind === "backfill" && policy.reservations === "all";
  if (policy.kind === "quota" || plansAll) {
    throw new SpecificationError(
      `${policy.name}: limits of ${rules.length > 0 ? "tenants and users" : "job arrays"} do not go with a policy that ` +
        `${plansAll ? "reserves room for every job" : "admits by quota"}; choose another, such as easy-backfill`,
    );
  }
  const ranking =
    policy.kind === "static-order" ? rankJobs(jobs, policy) : rankByKeys(jobs.submitS);
  return new JobLimits({ jobs, classes, rules, ...ranking });
}
