/** One column of a CSV file: its name in the header, and what stands in it. */
export interface CsvColumn {
  readonly name: string;
  readonly description: string;
}

/** Columns of `jobs.csv`: Batsim's names, then our own. */
export const JOB_COLUMNS: readonly CsvColumn[] = [
  { name: "job_id", description: "The job, as the trace or scenario names it." },
  { name: "workload_name", description: "Name of the scenario." },
  {
    name: "profile",
    description:
      "What one worker asks for: GPUs (or thousandths of one), cores, memory, GPU models.",
  },
  { name: "submission_time", description: "When the job was submitted, in simulated seconds." },
  { name: "requested_number_of_resources", description: "Workers of the gang." },
  { name: "requested_time", description: "The user's own estimate in seconds; empty without one." },
  { name: "success", description: "1 when the job completed, else 0." },
  {
    name: "final_state",
    description:
      "COMPLETED_SUCCESSFULLY, RUNNING, SUBMITTED (still waiting), REJECTED (never placeable) or NOT_SUBMITTED.",
  },
  {
    name: "starting_time",
    description: "First start in simulated seconds; empty if it never started.",
  },
  { name: "execution_time", description: "finish_time − starting_time, in seconds." },
  { name: "finish_time", description: "End in simulated seconds; empty unless it completed." },
  { name: "waiting_time", description: "starting_time − submission_time, in seconds." },
  { name: "turnaround_time", description: "finish_time − submission_time, in seconds." },
  {
    name: "stretch",
    description: "turnaround_time ÷ execution_time; empty where that took no time.",
  },
  {
    name: "allocated_resources",
    description: "Indexes of the nodes it last ran on, as an interval set: `0-3 7`.",
  },
  { name: "tenant", description: "Who the job belongs to." },
  { name: "gpus", description: "GPUs of the whole gang; a fraction for a share of one GPU." },
  { name: "placement", description: "Nodes and GPUs it last ran on: `h100-000:0,1 h100-001:3`." },
  {
    name: "reason_waited",
    description: "Why it was refused when last looked at; empty if it never waited.",
  },
];

/** Columns of `utilization.csv` that every run has; one `idle_milli_<class>` per idle class follows. */
export const UTILIZATION_COLUMNS: readonly CsvColumn[] = [
  { name: "time_s", description: "Simulated seconds; the row holds until the next one." },
  {
    name: "gpu_milli_allocated",
    description: "GPU capacity given to jobs, in thousandths of a GPU.",
  },
  { name: "jobs_queued", description: "Jobs waiting." },
  { name: "jobs_running", description: "Jobs running." },
];
