import { createJsonDocument, objectsOf } from "../reading/json-element.js";
import type { JsonElement, JsonObject } from "../reading/json-element.js";
import { createTimeReader } from "../reading/time-column.js";
import type { TimeReader } from "../reading/time-column.js";
import { gpuGang } from "./gpu-gang.js";
import type { GpuGang } from "./gpu-gang.js";
import { statusFromWord } from "./job-status-words.js";
import { createOpenEnds } from "./open-ends.js";
import type { OpenEnds } from "./open-ends.js";
import { createSingleFileReader } from "./single-file-reader.js";
import type { ReadingContext, TraceFormat } from "./trace-format.js";

/**
 * The original `cluster_job_log` of Philly: a list of jobs, each with its attempts.
 *
 * A job that failed was started again; every attempt held GPUs. The replay's duration is the sum of the
 * attempts, its gang that of the first attempt with GPUs; the recorded start and end are those of the
 * first and the last attempt. The virtual cluster (`vc`) becomes the tenant.
 */
export const phillyJson: TraceFormat = {
  name: "philly-json",
  title: "Philly job log",
  description: "Microsoft Philly cluster_job_log (JSON), attempts with machines and GPUs",
  detect({ text }) {
    if (!text.trimStart().startsWith("[")) return undefined;
    return text.includes('"attempts"') && text.includes('"submitted_time"')
      ? "a JSON list with attempts and submitted_time"
      : undefined;
  },
  createReader(context) {
    const times = createTimeReader(context.log);
    const openEnds = createOpenEnds(context);
    return createSingleFileReader(
      context,
      phillyJson.title,
      (file) =>
        createJsonDocument({
          file,
          log: context.log,
          lists: [],
          rowsMax: context.options.rowsMax,
          onElement: (element) => addJob(context, element, times, openEnds),
        }),
      () => {
        openEnds.finish();
        return { unixClock: true };
      },
    );
  },
};

interface Attempt {
  readonly startS: number;
  /** NaN when the attempt had not ended. */
  readonly endS: number;
  readonly detail: readonly JsonObject[];
}

function addJob(
  context: ReadingContext,
  element: JsonElement,
  times: TimeReader,
  openEnds: OpenEnds,
): void {
  const { builder, log, options } = context;
  const { value, line } = element;
  const id = element.column("jobid", value.jobid);
  const submitS = times.epochS(element.column("submitted_time", value.submitted_time));
  const attempts = attemptsOf(element, times).filter(({ startS }) => !Number.isNaN(startS));
  for (const { startS, endS } of attempts) {
    openEnds.see(startS);
    openEnds.see(endS);
    if (endS < startS)
      element.reject("end_time", "ends-before-start", "end_time is before start_time");
  }
  if (id.text() === "") element.reject("jobid", "empty-id", "jobid must not be empty");
  if (element.isBroken()) return;
  if (Number.isNaN(submitS)) return log.leaveOut("has no submitted_time", line);
  if (attempts.length === 0) return log.leaveOut("never started", line);
  const gang = gangOf(context, attempts);
  if (gang === undefined) return log.leaveOut("asks for no GPU", line);
  const last = attempts.at(-1)!;
  const ended = attempts.filter(({ endS }) => !Number.isNaN(endS));
  const open = ended.length < attempts.length;
  if (open && !openEnds.admit(line)) return;
  if (attempts.length > 1) {
    log.note("{count} jobs had several attempts; their duration is the sum of the attempts");
  }
  const tenant = element.column("vc", value.vc).text();
  const endedS = ended.reduce((sum, { startS, endS }) => sum + endS - startS, 0);
  const row = builder.add({
    id: id.text(),
    submitS,
    durationS: endedS,
    workers: gang.workers,
    gpuCount: gang.gpuCount,
    gangGpus: gang.gangGpus,
    tenant,
    partition: options.partitions === "use" ? tenant : "",
    user: element.column("user", value.user).text(),
    status: statusFromWord(element.column("status", value.status).text()),
    recordedStartS: attempts[0]!.startS,
    recordedEndS: last.endS,
  });
  if (row === -1) return id.reject("duplicate-id", `jobid "${id.text()}" stands twice`);
  // The attempt that had not ended began so much before the cut.
  if (open) openEnds.added(row, last.startS - endedS);
}

function attemptsOf(element: JsonElement, times: TimeReader): Attempt[] {
  return objectsOf(element.value.attempts).map((attempt) => ({
    startS: times.epochS(element.column("start_time", attempt.start_time)),
    endS: times.epochS(element.column("end_time", attempt.end_time)),
    detail: objectsOf(attempt.detail),
  }));
}

/** The gang of the first attempt that had GPUs; undefined when none had. */
function gangOf(context: ReadingContext, attempts: readonly Attempt[]): GpuGang | undefined {
  const sizes = attempts.map(({ detail }) => detail.map(gpusOn).filter((gpus) => gpus > 0));
  const perNode = sizes.find((counts) => counts.length > 0);
  if (perNode === undefined) return undefined;
  const total = sum(perNode);
  if (sizes.some((counts) => counts.length > 0 && sum(counts) !== total)) {
    context.log.note("{count} jobs had attempts of different sizes; the first size was used");
  }
  const [first = 0] = perNode;
  const even = perNode.every((gpus) => gpus === first);
  if (even && first <= context.options.gpusPerWorkerMax) {
    return { workers: perNode.length, gpuCount: first, gangGpus: total };
  }
  return gpuGang(context, total);
}

function gpusOn(machine: JsonObject): number {
  return Array.isArray(machine.gpus) ? machine.gpus.length : 0;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
