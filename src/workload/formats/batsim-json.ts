import { createJsonDocument, isObject } from "../reading/json-element.js";
import type { JsonElement, JsonObject } from "../reading/json-element.js";
import { GPU_COUNT_RULE, SECONDS_MAX } from "../reading/number-text.js";
import { gpuGang } from "./gpu-gang.js";
import { createProcessorMapping } from "./processor-gpus.js";
import type { ProcessorMapping } from "./processor-gpus.js";
import { createSingleFileReader } from "./single-file-reader.js";
import type { ReadingContext, TraceFormat } from "./trace-format.js";

/** A job whose duration hangs on a profile that may stand below it. */
interface Waiting {
  readonly row: number;
  readonly id: string;
  readonly profile: string;
  readonly walltimeS: number;
}

/**
 * Workloads of Batsim: jobs with a number of resources, and profiles that say what they do.
 *
 * Only `delay` profiles have a duration of their own, and sequences (`composed`) of them; profiles of
 * FLOPs and bytes need Batsim's platform, and jobs of them are refused. A job longer than its walltime
 * is killed by Batsim at its walltime, and so it is here.
 */
export const batsimJson: TraceFormat = {
  name: "batsim-json",
  title: "Batsim workload",
  description: "Batsim workload JSON with delay profiles; resources are mapped to GPUs as stated",
  detect({ text }) {
    if (!text.trimStart().startsWith("{")) return undefined;
    const isWorkload = text.includes('"subtime"') || text.includes('"nb_res"');
    return isWorkload ? "a JSON object with nb_res or jobs with subtime" : undefined;
  },
  createReader(context) {
    const waiting: Waiting[] = [];
    let profiles: JsonObject = {};
    let file = "";
    return createSingleFileReader(
      context,
      batsimJson.title,
      (name) => {
        file = name;
        const gpusOf = createProcessorMapping(context, name, "resources");
        return createJsonDocument({
          file: name,
          log: context.log,
          lists: ["jobs"],
          rowsMax: context.options.rowsMax,
          onElement: (element) => addJob(context, element, gpusOf, waiting),
          onField(field, value) {
            if (field === "profiles" && isObject(value)) profiles = value;
          },
        });
      },
      () => {
        const durations = createDurations(profiles);
        for (const job of waiting) finishJob(context, file, durations(job.profile), job);
        return {};
      },
    );
  },
};

function addJob(
  context: ReadingContext,
  element: JsonElement,
  gpusOf: ProcessorMapping,
  waiting: Waiting[],
): void {
  const { value } = element;
  const id = element.column("id", value.id).text();
  const submitS = numberOf(element, "subtime", 0, SECONDS_MAX);
  const resources = numberOf(element, "res", 1, GPU_COUNT_RULE.max);
  const walltimeS = typeof value.walltime === "number" ? value.walltime : -1;
  const profile = element.column("profile", value.profile).text();
  if (id === "") element.reject("id", "empty-id", "id must not be empty");
  if (profile === "") element.reject("profile", "missing-profile", "profile must name a profile");
  if (element.isBroken()) return;
  const gang = gpuGang(context, gpusOf(resources));
  const row = context.builder.add({
    id,
    submitS,
    durationS: 0,
    // Batsim writes -1 for no walltime.
    walltimeS: walltimeS >= 0 ? walltimeS : Number.NaN,
    workers: gang.workers,
    gpuCount: gang.gpuCount,
    gangGpus: gang.gangGpus,
  });
  if (row === -1) element.reject("id", "duplicate-id", `job "${id}" stands twice`);
  else waiting.push({ row, id, profile, walltimeS });
}

function numberOf(element: JsonElement, field: string, min: number, max: number): number {
  const value = element.value[field];
  if (typeof value === "number" && value >= min && value <= max) return value;
  const message = `${field} must be a number from ${min} to ${max}, got ${JSON.stringify(value) ?? "nothing"}`;
  element.reject(field, "out-of-range", message);
  return Number.NaN;
}

function finishJob(
  { builder, log }: ReadingContext,
  file: string,
  durationS: ProfileDuration,
  { row, id, profile, walltimeS }: Waiting,
): void {
  if (typeof durationS === "string") {
    builder.remove(row);
    log.problem("profile", () => ({
      file,
      path: `profiles.${profile}`,
      message: `profile "${profile}" of job "${id}" ${durationS}`,
      help: "only delay profiles, and sequences of them, have a duration without a platform",
    }));
    return;
  }
  const killed = walltimeS >= 0 && durationS > walltimeS;
  if (killed) log.note("{count} jobs run longer than their walltime; they are cut at it");
  builder.setDuration(row, killed ? walltimeS : durationS);
}

/** Sequences inside sequences. */
const DEPTH_MAX = 100;

/** Seconds of a profile, or why it has none. */
type ProfileDuration = number | string;

/** Creates the look-up of durations by name of the profile; each is worked out once. */
function createDurations(profiles: JsonObject): (name: string) => ProfileDuration {
  const known = new Map<string, ProfileDuration>();
  let depth = 0;
  const durationOf = (name: string): ProfileDuration => {
    const found = known.get(name);
    if (found !== undefined) return found;
    if (depth === DEPTH_MAX) return `is nested more than ${DEPTH_MAX} deep`;
    // Stands while the parts are looked at: a profile that meets itself gets this answer.
    known.set(name, "contains itself");
    depth += 1;
    const duration = workOut(name);
    depth -= 1;
    known.set(name, duration);
    return duration;
  };
  const workOut = (name: string): ProfileDuration => {
    const profile = profiles[name];
    if (!isObject(profile)) return "does not exist";
    if (profile.type === "delay") {
      const { delay } = profile;
      const valid = typeof delay === "number" && delay >= 0 && delay <= SECONDS_MAX;
      return valid ? delay : `must have a delay from 0 to ${SECONDS_MAX}`;
    }
    if (profile.type !== "composed" || !Array.isArray(profile.seq)) {
      return `is of type ${String(profile.type)}`;
    }
    let totalS = 0;
    for (const part of profile.seq as unknown[]) {
      const partS = durationOf(String(part));
      if (typeof partS === "string") return `contains "${String(part)}", which ${partS}`;
      totalS += partS;
    }
    const repeat = typeof profile.repeat === "number" ? profile.repeat : 1;
    const valid = totalS * repeat >= 0 && totalS * repeat <= SECONDS_MAX;
    return valid ? totalS * repeat : `must last from 0 to ${SECONDS_MAX} seconds`;
  };
  return durationOf;
}
