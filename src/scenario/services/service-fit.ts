import type { Problem } from "../../diagnostics/problem.js";
import type { DecoderModel } from "../../performance/llm/decoder-model.js";
import { planOnGroups, type GroupPlans } from "./service-hosts.js";
import { parallelismOf, problem, type ServiceQuestion } from "./service-question.js";
import type { SettledManifest } from "./settle-manifest.js";

/** Why no machine of the cluster can hold a replica of a model by name; undefined when one can. */
export function fitFault(
  question: Omit<ServiceQuestion, "texts" | "place" | "path">,
  model: DecoderModel,
): Omit<Problem, "file"> | undefined {
  const { input } = question;
  const asked = {
    parallelism: parallelismOf(input, undefined),
    engine: input.engine ?? {},
    mig: input.mig?.trim().toLowerCase(),
  };
  const full = { ...question, texts: {}, place: { file: "" }, path: "" };
  const plans = planOnGroups(model, question.machines, asked, allowedBy(full, undefined));
  return plans.planned.size > 0 ? undefined : fitsNowhere(full, model, plans, undefined);
}

/** Groups a replica may go to: by GPU model, and by the machine that a manifest names. */
export function allowedBy(
  { input, machines, gpuNames }: ServiceQuestion,
  manifest: SettledManifest | undefined,
): (group: number) => boolean {
  const accepted =
    input.gpuModels === undefined
      ? undefined
      : new Set(input.gpuModels.flatMap((name) => gpuNames.accepted(name)));
  const { nodes, nodeGroups } = machines;
  const partition = input.partition ?? "";
  const hasPartitions = nodes.some((node) => (node.partition ?? "") !== "");
  return (index) => {
    const { sku, firstNode } = nodeGroups[index]!;
    const node = nodes[firstNode]!;
    if (hasPartitions && (node.partition ?? "") !== partition) return false;
    if (accepted !== undefined) return accepted.has(node.gpuModel);
    return manifest?.instanceType === undefined || sku === manifest.instanceType;
  };
}

/** The problem of a model for which there is no machine. */
export function fitsNowhere(
  question: ServiceQuestion,
  model: DecoderModel,
  { refusals, help }: GroupPlans,
  manifest: SettledManifest | undefined,
): Problem {
  const field = question.input.model === undefined ? "manifest" : "model";
  if (refusals.length === 0) {
    const wanted =
      manifest?.instanceType === undefined
        ? "GPUs that it may use"
        : `machines of type ${manifest.instanceType}`;
    return problem(question, field, {
      rule: "no-machine",
      message: `service ${question.input.name}: the cluster has no ${wanted}`,
      help:
        manifest?.instanceType === undefined
          ? "give the cluster nodes with GPUs, or change gpuModels"
          : `add a node group with sku: ${manifest.instanceType}`,
    });
  }
  return problem(question, field, {
    rule: "does-not-fit",
    message: `${model.name} can run on no machine of the cluster: ${refusals.slice(0, 5).join("; ")}`,
    ...(help === undefined ? {} : { help }),
  });
}
