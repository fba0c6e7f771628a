import type { PathPart } from "../../diagnostics/field-path.js";
import { formatPath } from "../../diagnostics/field-path.js";
import type { CheckContext } from "../check-context.js";
import { isGiven } from "../report-issues.js";
import type { FileReference, TraceReference } from "../trace-reference.js";
import { readFault, type FileFault } from "../document.js";
import { checkAcceptedGpu, gpuNamesOf } from "./check-cluster.js";
import { checkDuplicates, fieldOf, listAt } from "./duplicates.js";

const WORKLOAD = ["workload"] as const;
const JOBS = ["workload", "jobs"] as const;
/** Where jobs can come from. */
const SOURCES = ["trace", "jobs", "generate"] as const;

/** What is known of files without reading them. */
export interface FileChecks {
  readonly mayRead: (path: string) => boolean;
  readonly fileFault: (path: string) => FileFault | undefined;
}

/** What fields of the workload must be together, beyond what each must be alone. */
export function checkWorkload(
  context: CheckContext,
  trace: TraceReference | undefined,
  files: FileChecks,
): void {
  checkSource(context);
  if (trace !== undefined) checkFilePath(context, [...WORKLOAD, "trace"], trace, files);
  checkDuplicates(context, JOBS, { key: "id", what: "job id" });
  const gpuNames = gpuNamesOf(context);
  listAt(context, JOBS).forEach((job, index) => {
    const path = [...JOBS, index];
    checkJobGpus(context, job, path);
    checkJobDuration(context, path);
    listAt(context, [...path, "gpuModels"]).forEach((_, model) =>
      checkAcceptedGpu(context, [...path, "gpuModels", model], gpuNames),
    );
  });
  warnWithoutGpus(context);
}

function checkJobDuration(context: CheckContext, path: readonly PathPart[]): void {
  const isKnown =
    isGiven(context, [...path, "duration"]) || isGiven(context, [...path, "model", "tokens"]);
  if (isKnown || typeof context.valueAt(path) !== "object") return;
  context.report({
    path: [...path, "duration"],
    rule: "missing-field",
    message: `${formatPath(path)} lacks the required field "duration"`,
    help: "headroom explain workload.jobs[].duration",
  });
}

function checkSource(context: CheckContext): void {
  const workload = context.valueAt(WORKLOAD);
  if (typeof workload !== "object" || workload === null || Array.isArray(workload)) return;
  const given = SOURCES.filter((source) => isGiven(context, [...WORKLOAD, source]));
  const [first, second] = given;
  if (first !== undefined && second !== undefined) {
    context.report({
      path: [...WORKLOAD, second],
      part: "key",
      rule: "conflicting-fields",
      message: `workload has both ${first} and ${second}, must have one of them`,
    });
  }
  if (first === undefined && !isGiven(context, [...WORKLOAD, "services"])) {
    context.report({
      path: [...WORKLOAD, "trace"],
      rule: "missing-field",
      message:
        "workload has neither trace nor jobs nor generate nor services, must have one of them",
      help: "headroom explain workload",
    });
  }
  if (first !== undefined && first !== "trace" && isGiven(context, [...WORKLOAD, "format"])) {
    context.report({
      path: [...WORKLOAD, "format"],
      part: "key",
      rule: "conflicting-fields",
      message: "workload.format is for a trace, and the workload has jobs of its own",
    });
  }
  if (first !== undefined && first !== "trace" && isGiven(context, [...WORKLOAD, "runningJobs"])) {
    context.report({
      path: [...WORKLOAD, "runningJobs"],
      part: "key",
      rule: "conflicting-fields",
      message: "workload.runningJobs is for a trace, and the workload has jobs of its own",
    });
  }
}

/** A file that a field names must lie where scenarios may read, and be there. */
export function checkFilePath(
  context: CheckContext,
  path: readonly PathPart[],
  file: FileReference,
  files: FileChecks,
): void {
  // A person who names a file on the command line has allowed it.
  const fault = file.fromCommandLine
    ? undefined
    : readFault(file.written, file.path, files.mayRead);
  if (fault === undefined) {
    const missing = files.fileFault(file.path);
    if (missing === undefined) return;
    const { message, suggestion: near, ...help } = missing;
    const folder = file.written.slice(0, file.written.lastIndexOf("/") + 1);
    context.report({
      path,
      rule: "unreadable-file",
      message: `${formatPath(path)}: ${file.written} ${message}`,
      ...(near === undefined ? {} : { suggestion: folder + near }),
      ...help,
    });
    return;
  }
  context.report({
    path,
    rule: fault.rule,
    message: `${formatPath(path)} ${fault.message}`,
    ...(fault.help === undefined ? {} : { help: fault.help }),
  });
}

function checkJobGpus(context: CheckContext, job: unknown, path: readonly PathPart[]): void {
  const gpus = fieldOf(job, "gpus");
  const share = fieldOf(job, "gpuShare");
  const isPart = share !== undefined && share !== 1 && share !== "100%";
  if (isPart && gpus !== 1) {
    context.report({
      path: [...path, "gpuShare"],
      part: "key",
      rule: "conflicting-fields",
      message: `${formatPath(path)} asks for a part of a GPU, which needs gpus: 1`,
    });
  }
  if (fieldOf(job, "gpuModels") !== undefined && (gpus === undefined || gpus === 0)) {
    context.report({
      path: [...path, "gpuModels"],
      part: "key",
      rule: "incomplete-fields",
      message: `${formatPath(path)} names GPU models and asks for no GPUs`,
      help: "add the GPUs of one worker, for example: gpus: 1",
    });
  }
}

function warnWithoutGpus(context: CheckContext): void {
  const groups = listAt(context, ["cluster", "nodes"]);
  const clusterHasGpus = groups.some(
    (group) => fieldOf(group, "sku") !== undefined || Number(fieldOf(group, "gpus") ?? 0) > 0,
  );
  if (clusterHasGpus || groups.length === 0) return;
  const asking = listAt(context, JOBS).findIndex((job) => Number(fieldOf(job, "gpus") ?? 0) > 0);
  if (asking === -1) return;
  context.warn({
    path: [...JOBS, asking, "gpus"],
    rule: "no-gpus",
    message: "jobs ask for GPUs and the cluster has none: they will never start",
  });
}
