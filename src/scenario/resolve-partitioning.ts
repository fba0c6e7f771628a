import type { NodePartitioning } from "../cluster/partitions/partitioning.js";
import { migGeometryOf } from "../hardware/mig/find-mig-geometry.js";
import type { MigGeometry, MigPlacement } from "../hardware/mig/mig-geometry.js";
import type { MigMix } from "../hardware/mig/mig-layout.js";
import { placeMigMix } from "../hardware/mig/place-mig-mix.js";
import { sourceText } from "../hardware/sources.js";
import { formatDuration } from "../base/units.js";
import type { NamedCalibration } from "../performance/calibrated/calibration-file.js";
import { measuredContention } from "./calibration/note-calibrations.js";
import { DEFAULTS } from "./defaults.js";
import { mixOfAll, mixOfLayout } from "./layout-mix.js";
import { parseDurationValue } from "./parse-quantity.js";
import type { Assumption } from "./resolved.js";
import type { PartitioningInput } from "./schema/partitioning-schema.js";

/** How the GPUs of checked nodes are handed out; undefined for whole GPUs and thousandths. */
export function resolvePartitioning(
  input: PartitioningInput | undefined,
  {
    gpuModel,
    gpuCount,
    calibrations = [],
  }: {
    readonly gpuModel: string;
    readonly gpuCount: number;
    readonly calibrations?: readonly NamedCalibration[];
  },
  assume: (assumption: Assumption) => void,
): NodePartitioning | undefined {
  if (input === undefined || input.mode === "shared" || gpuCount === 0) return undefined;
  const { mode } = input;
  if (mode === "whole") return { mode };
  if (mode === "mig") return resolveMig(input, gpuModel, gpuCount, assume);
  const { replicas } = input;
  const measured =
    input.contention === undefined ? measuredContention(gpuModel, calibrations) : undefined;
  const contention = input.contention ?? measured?.points;
  if (replicas === undefined || (mode !== "mps" && mode !== "time-slicing"))
    throw new Error(`scenario: partitioning ${mode} passed the checks without replicas`);
  assumeSharing(mode, assume);
  if (measured === undefined) assumeContention(mode, contention !== undefined, assume);
  else assumeMeasured(mode, gpuModel, measured, assume);
  return { mode, replicas, ...(contention === undefined ? {} : { contention }) };
}

function resolveMig(
  input: PartitioningInput,
  gpuModel: string,
  gpuCount: number,
  assume: (assumption: Assumption) => void,
): NodePartitioning {
  const geometry = migGeometryOf(gpuModel);
  if (geometry === undefined)
    throw new Error(`scenario: ${gpuModel} passed the checks without MIG`);
  const { layout, layouts, allOf, policy } = input;
  const place = (mix: MigMix): readonly MigPlacement[] => {
    const placements = placeMigMix(geometry, mix);
    if (placements === undefined)
      throw new Error("scenario: an impossible layout passed the checks");
    return placements;
  };
  const same =
    layout === undefined
      ? allOf === undefined
        ? undefined
        : place(mixOfAll(geometry, allOf))
      : place(mixOfLayout(geometry, layout));
  const given =
    layouts?.map((one) => place(mixOfLayout(geometry, one))) ??
    (same === undefined ? undefined : Array.from({ length: gpuCount }, () => same));
  assumeGeometry(gpuModel, geometry, assume);
  if (given === undefined) assumeByDemand(assume);
  return {
    mode: "mig",
    layouts: given ?? "by-demand",
    ...(policy === "dynamic" ? { repartitioning: repartitioningOf(input, assume) } : {}),
  };
}

function repartitioningOf(
  { repartitionDuration, drainAfter, repartitionAtOnce }: PartitioningInput,
  assume: (assumption: Assumption) => void,
) {
  const durationS = repartitionDuration ?? defaultDurationS();
  assume({
    id: "mig-repartition-duration",
    what: "Time a GPU is out of service while its MIG layout changes",
    value: formatDuration(durationS),
    provenance: repartitionDuration === undefined ? "assumed" : "given",
    source:
      repartitionDuration === undefined
        ? "no maker publishes it; one secondary note says 3 to 5 minutes (low confidence), and mig-manager may wait up to 20 minutes for its daemons"
        : "partitioning.repartitionDuration",
  });
  return {
    durationS,
    ...(drainAfter === undefined ? {} : { drainAfterS: drainAfter }),
    gpusAtOnceMax: repartitionAtOnce ?? DEFAULTS.repartitionAtOnce,
  };
}

function defaultDurationS(): number {
  const parsed = parseDurationValue(DEFAULTS.repartitionDuration);
  if (!parsed.ok) throw new Error("scenario: the default repartitioning time is not a duration");
  return parsed.value;
}

function assumeGeometry(
  gpuModel: string,
  { provenance, note, sources }: MigGeometry,
  assume: (assumption: Assumption) => void,
): void {
  assume({
    id: `mig-geometry:${gpuModel}`,
    what: `Where MIG instances can stand on a ${gpuModel}`,
    value: provenance === "published" ? "as its driver lists them" : (note ?? "carried over"),
    provenance: provenance === "published" ? "published" : "assumed",
    source: sourceText(sources),
  });
  assume({
    id: "mig-speed",
    what: "Speed of a job on a MIG instance",
    value:
      "multiprocessors of the instance over the part of the whole GPU's that the job can use (its share; the first profile it names; else all), at most 1",
    provenance: "assumed",
    source:
      "published multiprocessors per profile (compute slices where none are); right for compute-bound work, too slow for work that waits for memory or the host",
  });
}

function assumeByDemand(assume: (assumption: Assumption) => void): void {
  assume({
    id: "mig-layouts-by-demand",
    what: "MIG layouts at the start",
    value: "in proportion to the instance-hours that the jobs ask for",
    provenance: "assumed",
    source: "the jobs of this scenario count as the expected mix, as if they had been known before",
  });
}

/** Two models of GPUs are told apart. */
function assumeMeasured(
  mode: "mps" | "time-slicing",
  gpuModel: string,
  { points, source }: NonNullable<ReturnType<typeof measuredContention>>,
  assume: (assumption: Assumption) => void,
): void {
  assume({
    id: `gpu-contention:${mode}:${gpuModel}`,
    what: `Slowdown by neighbours under ${mode} on ${gpuModel} beyond the division of compute`,
    value: points
      .map(({ processes, slowdown }) => `${processes}: ${Number(slowdown.toPrecision(3))}`)
      .join(", "),
    provenance: "measured",
    source: `median over kernels, ${source}`,
  });
}

function assumeSharing(
  mode: "mps" | "time-slicing",
  assume: (assumption: Assumption) => void,
): void {
  assume({
    id: `gpu-sharing:${mode}`,
    what: `Speed of jobs that share a GPU by ${mode}`,
    value:
      mode === "mps"
        ? "at most 1 / replicas of the GPU's compute each"
        : "equal time for every job that wants it; what one does not use goes to the others",
    provenance: "published",
    source: "k8s-device-plugin README, commit 1b826ac",
  });
}

function assumeContention(
  mode: "mps" | "time-slicing",
  isGiven: boolean,
  assume: (assumption: Assumption) => void,
): void {
  assume({
    id: `gpu-contention:${mode}`,
    what: `Slowdown by neighbours under ${mode} beyond the division of compute`,
    value: isGiven ? "as given" : "none",
    provenance: isGiven ? "given" : "assumed",
    source: isGiven
      ? "partitioning.contention"
      : "nobody published it per kernel mix; optimistic for work that waits for memory, until measured",
  });
}
