/**
 * How much a tenant or a user may use at once, as Slurm's associations and QOS bound it (GrpTRES, GrpJobs,
 * MaxTRESPU, MaxJobsPU, MaxSubmitJobs).
 *
 * A rule for a name takes the place of the rule for everybody of its scope.
 */
export interface LimitRule {
  readonly scope: "tenant" | "user";
  /** Absent: each tenant or user by itself. */
  readonly name?: string;
  /** GPUs of running jobs together. */
  readonly gpus?: number;
  readonly runningJobs?: number;
  /** Jobs waiting and running together; one more is refused when it is submitted. */
  readonly submittedJobs?: number;
}
