import { createTresParser } from "../../workload/formats/slurm-tres.js";
import { createJsonDocument, isObject, scalarText } from "../../workload/reading/json-element.js";
import type { JsonElement } from "../../workload/reading/json-element.js";
import type { ReadingLog } from "../../workload/reading/reading-log.js";
import type { CurrentJob } from "./current-jobs.js";
import type { ImportLog, ImportSource } from "./imported.js";
import { expandHosts } from "./slurm-hosts.js";
import { amountsPerNode, placedShape, standingOf, taskIds, whyNoGpuJob } from "./squeue-job.js";

const JOBS_MAX = 2_000_000;

/** A job whose elapsed time is not known until the end of the document says what time it is. */
type OpenJob = CurrentJob & { readonly startS: number };

/**
 * Reads `squeue --json`. Numbers come bare or as `{set, infinite, number}`, states bare or as a list, by
 * the version of Slurm. The time of the list is `last_update`, else `nowS`, else the latest time in it.
 */
export function readSqueueJson(
  { file, text }: ImportSource,
  reading: ReadingLog,
  log: ImportLog,
  options: { readonly nowS?: number },
): readonly CurrentJob[] {
  const jobs: OpenJob[] = [];
  const tres = createTresParser();
  let updatedS = Number.NaN;
  const document = createJsonDocument({
    file,
    log: reading,
    lists: ["jobs"],
    rowsMax: JOBS_MAX,
    onElement: (element) => readJob(element, file, tres, reading, jobs),
    onField: (name, value) => {
      if (name === "last_update") updatedS = numberIn(value);
    },
  });
  document.push(text);
  document.end();
  const latestS = jobs.reduce(
    (latest, { submitS, startS, isRunning }) =>
      Math.max(latest, submitS, isRunning && !Number.isNaN(startS) ? startS : 0),
    0,
  );
  const statedS = options.nowS ?? (updatedS > 0 ? updatedS : undefined);
  const nowS = statedS ?? latestS;
  if (statedS === undefined && jobs.length > 0) {
    log.notes.push(
      "the list does not say when it was made: its latest start or submission is taken; say it with --now",
    );
  }
  return jobs.map(({ startS, ...job }) => ({
    ...job,
    elapsedS: job.isRunning && !Number.isNaN(startS) ? Math.max(0, nowS - startS) : 0,
  }));
}

function readJob(
  element: JsonElement,
  file: string,
  tres: ReturnType<typeof createTresParser>,
  reading: ReadingLog,
  jobs: OpenJob[],
): void {
  const { value, line } = element;
  const state = Array.isArray(value.job_state)
    ? scalarText(value.job_state[0])
    : scalarText(value.job_state);
  const standing = standingOf(state, scalarText(value.state_reason));
  if ("leftOut" in standing) return reading.leaveOut(standing.leftOut, line);
  const allocated = standing.isRunning ? scalarText(value.tres_alloc_str) : "";
  const given = tres(allocated);
  const asked = tres(scalarText(value.tres_req_str));
  // Accounting prints 0 GPUs for `no_consume` resources; the request knows.
  const amounts = given !== undefined && given.gpus > 0 ? given : asked;
  const field = amounts === given ? "tres_alloc_str" : "tres_req_str";
  if (amounts === undefined) {
    return element.reject(
      field,
      "not-tres",
      `${field} must be a list such as cpu=8,gres/gpu=1,mem=64G`,
    );
  }
  const why = whyNoGpuJob(amounts);
  if (why !== undefined) return reading.leaveOut(why, line);
  const ids = taskIds(idOf(value));
  const submitS = numberIn(value.submit_time);
  if (ids === undefined)
    element.reject("array_task_string", "cut-array", "the tasks of the array are not all shown");
  if (Number.isNaN(submitS))
    element.reject("submit_time", "not-a-time", "submit_time must be a Unix time");
  const hosts = expandHosts(nodeListOf(value));
  if (standing.isRunning && hosts === undefined)
    element.reject("nodes", "not-a-node-list", "nodes must be nodes such as gpu[001-002]");
  if (element.isBroken() || ids === undefined) return;
  const nodes = numberIn(value.node_count);
  const priority = numberIn(value.priority);
  for (const id of ids) {
    jobs.push({
      id,
      ...standing,
      submitS,
      startS: numberIn(value.start_time),
      elapsedS: 0,
      limitS: numberIn(value.time_limit) * 60,
      ...placedShape(
        amounts,
        amounts.nodes > 0 ? amounts.nodes : Number.isNaN(nodes) ? 0 : nodes,
        standing.isRunning ? hosts : [],
        gpusByNode(value.gres_detail),
      ),
      tenant: scalarText(value.account),
      user: scalarText(value.user_name),
      partition: scalarText(value.partition),
      priority: Number.isNaN(priority) ? 0 : priority,
      place: { file, line, col: 1 },
    });
  }
}

/** `4101`, `4102_7` for a task, `4102_[3-10]` for waiting tasks. */
function idOf(value: JsonElement["value"]): string {
  const array = numberIn(value.array_job_id);
  const task = numberIn(value.array_task_id);
  const waiting = scalarText(value.array_task_string);
  if (array > 0 && waiting !== "") return `${array}_[${waiting}]`;
  return array > 0 && !Number.isNaN(task) ? `${array}_${task}` : scalarText(value.job_id);
}

/** The nodes of a job: a field of its own, or of its resources, whose form depends on the version. */
function nodeListOf(value: JsonElement["value"]): string {
  const own = scalarText(value.nodes);
  if (own !== "" || !isObject(value.job_resources)) return own;
  const { nodes } = value.job_resources;
  return isObject(nodes) ? scalarText(nodes.list) : scalarText(nodes);
}

/** GPUs on each node, from entries such as `gpu:h100:8(IDX:0-7)`; empty where that is not told. */
function gpusByNode(detail: unknown): readonly number[] {
  if (!Array.isArray(detail)) return [];
  return detail.map((entry) =>
    typeof entry === "string"
      ? (amountsPerNode(entry.replace(/\([^)]*\)/g, ""), 1, 0)?.gpus ?? 0)
      : 0,
  );
}

/** A number, bare or as Slurm's `{set, infinite, number}`; NaN where it is not set or infinite. */
function numberIn(value: unknown): number {
  if (typeof value === "number") return value;
  if (!isObject(value) || value.set === false || value.infinite === true) return Number.NaN;
  return typeof value.number === "number" ? value.number : Number.NaN;
}
