import type { ImportLog, PolicyPart } from "./imported.js";
import type { SlurmField, SlurmLine } from "./slurm-lines.js";
import { fieldOf, problemAtField } from "./slurm-lines.js";

/** Settings that decide nothing in a simulation unless they have these values. */
const MEANS_NOTHING = /^(\(null\)|none|n\/a|off|0|no|preempt\/none|)$/i;

/** Settings of the scheduler that a scenario cannot express, and why. */
const IGNORED: Readonly<Record<string, string>> = {
  prioritytype:
    "backfill goes by order of submission; for Slurm's own priorities take the trace's column priority and the queue policy priority",
  prioritydecayhalflife: "priorities are not computed from past use",
  prioritymaxage: "priorities do not grow with age",
  prioritycalcperiod: "priorities do not change",
  priorityflags: "priorities are not computed",
  priorityfavorsmall: "priorities are not computed",
  priorityweightage: "priorities are not computed",
  priorityweightassoc: "priorities are not computed",
  priorityweightfairshare:
    "priorities are not computed; quotas by tenant are the queue policy fair-share",
  priorityweightjobsize: "priorities are not computed",
  priorityweightpartition: "priorities are not computed",
  priorityweightqos: "priorities are not computed",
  priorityweighttres: "priorities are not computed",
  preempttype: "no backfill policy stops running jobs; the queue policy priority-preemption does",
  preemptmode: "no backfill policy stops running jobs; the queue policy priority-preemption does",
  preemptexempttime: "a job may be stopped at once where a policy stops jobs",
  schedulerparameters:
    "limits on what Slurm looks at in a pass; a simulated pass looks at every job",
  schedulertimeslice: "GPUs are not shared over time",
  topologyplugin: "a scenario has no switches",
  topologyparam: "a scenario has no switches",
  overtimelimit: "jobs run for the duration the trace gives",
  enforcepartlimits: "a trace holds jobs that were allowed",
};

const SOURCE = "https://slurm.schedmd.com/sched_config.html";

/** Reads scheduler settings, of slurm.conf or `scontrol show config`; undefined where there are none. */
export function readSlurmPolicy(
  log: ImportLog,
  settings: readonly SlurmField[],
): PolicyPart | undefined {
  const line: SlurmLine = settings;
  const scheduler = fieldOf(line, "SchedulerType");
  const select = fieldOf(line, "SelectType");
  for (const field of settings) {
    const why = IGNORED[field.key.toLowerCase()];
    const isBasic = /^priority\/basic$/i.test(field.value);
    if (why === undefined || isBasic || MEANS_NOTHING.test(field.value)) continue;
    log.ignored.push({
      file: field.file,
      line: field.line,
      path: `${field.key}=${field.value}`,
      why,
    });
  }
  const others = settings.filter(({ key }) => !isAboutScheduling(key)).length;
  if (others > 0) {
    log.notes.push(
      `${others} other settings are about daemons, paths, accounting and limits: not read`,
    );
  }
  if (scheduler === undefined && select === undefined) return undefined;
  const queue = queueOf(log, scheduler);
  return queue === undefined ? undefined : { queue, placement: placementOf(log, line, select) };
}

function isAboutScheduling(key: string): boolean {
  const name = key.toLowerCase();
  return (
    Object.hasOwn(IGNORED, name) || /^(schedulertype|selecttype|selecttypeparameters)$/.test(name)
  );
}

/** Slurm's default scheduler is backfill. */
function queueOf(log: ImportLog, scheduler: SlurmField | undefined): string | undefined {
  const type = (scheduler?.value ?? "sched/backfill").toLowerCase();
  if (type === "sched/builtin") {
    log.notes.push(
      `SchedulerType=sched/builtin is fifo-strict: the first job that does not fit stops the queue (${SOURCE})`,
    );
    return "fifo-strict";
  }
  if (type === "sched/backfill") {
    log.notes.push(
      `SchedulerType=sched/backfill is easy-backfill: Slurm keeps the expected start of every higher job it tested, Headroom's easy-backfill that of the first; conservative-backfill keeps all of them (${SOURCE})`,
      "backfill needs a walltime for every job; where the trace has none, set the option estimate to duration",
    );
    return "easy-backfill";
  }
  const message = `SchedulerType must be sched/backfill or sched/builtin, got "${scheduler!.value}"`;
  log.problems.push(problemAtField(scheduler!, "unknown-name", message));
  return undefined;
}

function placementOf(log: ImportLog, line: SlurmLine, select: SlurmField | undefined): string {
  const parameters = fieldOf(line, "SelectTypeParameters")?.value.toUpperCase() ?? "";
  if (select !== undefined && /linear/i.test(select.value)) {
    const why = "whole nodes for every job cannot be expressed: jobs share nodes";
    log.ignored.push({
      file: select.file,
      line: select.line,
      path: `SelectType=${select.value}`,
      why,
    });
  }
  const leastLoaded = parameters.includes("CR_LLN");
  log.notes.push(
    leastLoaded
      ? "CR_LLN is placement spread: the emptiest node first"
      : "placement pack is an assumption: Slurm's choice among nodes of equal weight is not reproduced",
  );
  return leastLoaded ? "spread" : "pack";
}
