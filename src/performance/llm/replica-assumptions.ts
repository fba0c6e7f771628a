import type { GpuSpec } from "../../hardware/gpu-spec.js";
import { type SourceId, sourceText } from "../../hardware/sources.js";
import type { CacheRule } from "./cache-blocks.js";
import type { ReplicaLinks } from "./replica-links.js";
import type { ReplicaAssumption, ReplicaParallel, ReplicaQuestion } from "./replica-plan.js";
import type { StepTimeModel } from "./step-time.js";

/** Everything a replica rests on, with where it comes from. */
export function assumptionsOf(
  question: ReplicaQuestion,
  parallel: ReplicaParallel,
  stepTime: StepTimeModel,
  links: ReplicaLinks,
  rule: CacheRule,
): readonly ReplicaAssumption[] {
  const { model, host } = question;
  const isGiven = host.gpu.given !== undefined;
  const item = (
    id: string,
    what: string,
    value: string,
    provenance: ReplicaAssumption["provenance"],
    source: string,
  ): ReplicaAssumption => ({ id: `serving/${id}`, what, value, provenance, source });
  const usesRoofline = stepTime.name.startsWith("roofline");
  const several = parallel.tensor * parallel.pipeline * parallel.expertRanks > 1;
  const isTimed = question.needsSpeed !== false;
  const timed = item(
    "step-time",
    "step time",
    stepTime.name,
    stepTime.name.startsWith("layer-tables") ? "measured" : usesRoofline ? "assumed" : "published",
    stepTime.source,
  );
  return [
    ...(isTimed ? [timed] : []),
    item(
      "gpu",
      `rates and memory of ${host.gpu.name}`,
      "data sheet",
      isGiven ? "given" : "published",
      isGiven ? `given in ${host.gpu.given!.file}` : sourceText(figureSources(host.gpu)),
    ),
    ...measuredRates(question, usesRoofline && isTimed, isTimed),
    item(
      "model",
      `figures of ${model.name}`,
      `${model.layers} layers`,
      /as given/.test(model.source)
        ? "given"
        : /inferred|assumed/.test(model.source)
          ? "assumed"
          : "published",
      model.source,
    ),
    question.cacheBlocks === undefined
      ? item("cache", "memory left for the cache", rule.name, "assumed", rule.source)
      : item("cache", "blocks of cache", String(question.cacheBlocks), "given", "given"),
    ...(several && isTimed ? [linkAssumption(question, links, stepTime)] : []),
    ...host.assumptions.map((text, index) =>
      item(`host-${index + 1}`, "machine", text, "assumed", "no source names it"),
    ),
  ];
}

/** Where rates were read, and what the driver reports of the memory. */
function figureSources({ sources, memoryReportedSource }: GpuSpec): readonly SourceId[] {
  return memoryReportedSource === undefined ? sources : [...sources, memoryReportedSource];
}

/** Rates of a calibration, as far as the step times use them: the fit of trained-physics takes products as a bound only. */
function measuredRates(
  { host: { gpu } }: ReplicaQuestion,
  isRoofline: boolean,
  isTimed: boolean,
): readonly ReplicaAssumption[] {
  const { measured } = gpu;
  if (measured === undefined || !isTimed) return [];
  const { bf16FlopPerS, fp8FlopPerS, streamBytesPerS } = measured;
  const product = (name: string, rate: number | undefined): readonly string[] =>
    rate === undefined ? [] : [`${name} ${Number((rate / 1e12).toPrecision(4))} TFLOP/s`];
  const values = [
    ...product("bf16", bf16FlopPerS),
    ...product("fp8", fp8FlopPerS),
    ...(isRoofline && streamBytesPerS !== undefined
      ? [`memory ${Number((streamBytesPerS / 1e9).toPrecision(4))} GB/s`]
      : []),
  ];
  if (values.length === 0) return [];
  return [
    {
      id: "serving/measured-rates",
      what: isRoofline
        ? `rates that kernels reach on ${gpu.name}`
        : `highest rate of products on ${gpu.name}, a bound of the step times`,
      value: values.join(", "),
      provenance: "measured",
      source: measured.source,
    },
  ];
}

function linkAssumption(
  { link, model }: ReplicaQuestion,
  links: ReplicaLinks,
  stepTime: StepTimeModel,
): ReplicaAssumption {
  // Asking once makes the sources known.
  links.allReduceS(model.hidden * 2);
  links.sendS(model.hidden * 2);
  const byFit = stepTime.name.startsWith("trained-physics") && links.isNvlink;
  return {
    id: "serving/links",
    what: "links between the GPUs of a replica",
    value: link !== undefined ? "given" : links.isNvlink ? "NVLink" : "PCIe or network",
    provenance: link !== undefined ? "given" : "published",
    source: byFit ? "in the coefficients, which were fitted on NVLink" : links.sources.join("; "),
  };
}
