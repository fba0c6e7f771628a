import type { PathPart } from "../../diagnostics/field-path.js";
import { NODE_SKUS, findNodeSku } from "../../hardware/find-node-sku.js";
import { findTrainingModel } from "../../performance/training/model-presets.js";
import { parallelismFaults, type Parallelism } from "../../performance/training/parallelism.js";
import type { CheckContext } from "../check-context.js";
import { parallelismOf } from "../resolve-communication.js";
import { resolveCluster } from "../resolve-cluster.js";
import { canTimeTraining } from "../resolve-training-time.js";
import { knownLinksOf } from "../resolve-hosting-section.js";
import type { ScenarioSpec } from "../schema/scenario-schema.js";

/** Where a field of a parallelism is written. */
const MODEL_FIELDS: Partial<Record<keyof Parallelism, string>> = {
  zeroStage: "zero",
  data: "tensor",
  adapter: "adapters",
};

/** What hosting, elastic groups and communication need, beyond what each field must be alone. */
export function checkHosting(context: CheckContext, spec: ScenarioSpec): void {
  const groups = spec.cluster.nodes;
  groups.forEach((group, index) => {
    const path = ["cluster", "nodes", index] as const;
    if (typeof group.hosting === "object")
      checkJitter(context, group.hosting.jitter, [...path, "hosting", "jitter"]);
    checkElastic(context, group, path);
    checkLinksLike(context, group.linksLike, [...path, "linksLike"]);
  });
  checkLeaf(context, spec);
  const asksForLinks =
    (spec.workload.jobs ?? []).some((job) => job.model !== undefined) ||
    communicates(spec.workload.communication);
  if (asksForLinks) checkLinksKnown(context, spec);
  checkModels(context, spec);
  warnOfLabels(context, spec);
}

type Group = ScenarioSpec["cluster"]["nodes"][number];
type Hosting = Exclude<NonNullable<Group["hosting"]>, string>;

function checkJitter(
  context: CheckContext,
  jitter: Hosting["jitter"],
  path: readonly PathPart[],
): void {
  if (jitter === undefined) return;
  const { mean, chance, pause, quantiles } = jitter;
  if ((chance === undefined) !== (pause === undefined)) {
    context.report({
      path,
      rule: "incomplete-fields",
      message:
        "chance and pause of a jitter are given together: how often a node stands still, and for how long",
    });
    return;
  }
  const forms = [mean, chance, quantiles].filter((form) => form !== undefined).length;
  if (forms !== 1) {
    context.report({
      path,
      rule: forms === 0 ? "incomplete-fields" : "conflicting-fields",
      message: "a jitter is one of: mean; chance and pause; quantiles",
      help: "write mean: 0% for none",
    });
  }
  const falls = quantiles?.findIndex((share, index) => share < (quantiles[index - 1] ?? 0)) ?? -1;
  if (falls > 0) {
    context.report({
      path: [...path, "quantiles", falls],
      rule: "out-of-range",
      message: "quantiles must not fall: they go from the least to the greatest",
    });
  }
}

function checkElastic(context: CheckContext, group: Group, path: readonly PathPart[]): void {
  const { elastic, count, name } = group;
  if (elastic === undefined) return;
  if ((elastic.min ?? 0) > count) {
    context.report({
      path: [...path, "elastic", "min"],
      rule: "out-of-range",
      message: `elastic.min of ${name} is ${elastic.min ?? 0}, more than its count of ${count} nodes`,
    });
  }
  const isBareMetal =
    typeof group.hosting === "object"
      ? group.hosting.profile === "bare-metal"
      : group.hosting === "bare-metal";
  if (isBareMetal && elastic.provisioning === undefined) {
    context.report({
      path: [...path, "elastic"],
      part: "key",
      rule: "missing-figure",
      message: `${name} is elastic bare metal: how long a node takes to be ready is not known`,
      help: "give elastic.provisioning, or make its hosting vm: machines that were bought are always there",
    });
  }
}

function checkLinksLike(
  context: CheckContext,
  name: string | undefined,
  path: readonly PathPart[],
): void {
  if (name === undefined || findNodeSku(name) !== undefined) return;
  context.report({
    path,
    rule: "unknown-sku",
    message: `linksLike: unknown machine "${name}"`,
    allowed: NODE_SKUS.map((sku) => sku.name),
  });
}

function checkLeaf(context: CheckContext, { cluster }: ScenarioSpec): void {
  const leaf = cluster.fabric?.leaf;
  const levels = (cluster.topology ?? []).map(({ level }) => level);
  if (leaf === undefined || levels.includes(leaf)) return;
  context.report({
    path: ["cluster", "fabric", "leaf"],
    rule: levels.length === 0 ? "incomplete-fields" : "unknown-name",
    message: `cluster.fabric.leaf: "${leaf}" is no level of cluster.topology`,
    ...(levels.length === 0 ? {} : { allowed: levels }),
    ...(levels.length === 0 ? { help: "add cluster.topology with that level" } : {}),
  });
}

function communicates(communication: ScenarioSpec["workload"]["communication"]): boolean {
  if (communication === undefined) return false;
  if (typeof communication === "string") return communication !== "none";
  const classes = [
    communication.class ?? "none",
    ...(communication.tenants ?? []).map((one) => one.class),
  ];
  return (communication.share ?? 0) > 0 || classes.some((name) => name !== "none");
}

/** Jobs can land on any node: the links of all nodes with GPUs must be known, and between several their adapters. */
function checkLinksKnown(context: CheckContext, spec: ScenarioSpec): void {
  const { cluster, nodeGroups } = resolveCluster(spec.cluster);
  spec.cluster.nodes.forEach((group, index) => {
    const { firstNode, count } = nodeGroups[index]!;
    const node = count === 0 ? undefined : cluster.nodes[firstNode];
    if (node === undefined || node.gpuCount === 0) return;
    const known = knownLinksOf(spec.cluster, group, node);
    const path = ["cluster", "nodes", index] as const;
    if (known === undefined) {
      context.report({
        path,
        rule: "missing-figure",
        message: `jobs communicate, and the links between the ${node.gpuCount} × ${node.gpuModel || "GPUs"} of ${group.name} are not known`,
        help: "name a machine with the same links: linksLike: HGX H100; or write workload.communication: none",
      });
      return;
    }
    const { nics } = known.links.topology;
    const hasAdapters = spec.cluster.fabric?.adapterGbps !== undefined || (nics?.length ?? 0) > 0;
    if (!hasAdapters && cluster.nodes.length > 1) {
      context.report({
        path,
        rule: "missing-figure",
        message: `jobs communicate, and the network adapters of ${group.name} are not known`,
        help: "give cluster.fabric: { adapters: 1, adapterGbps: 100 }",
      });
    }
  });
}

function checkModels(context: CheckContext, spec: ScenarioSpec): void {
  spec.workload.jobs?.forEach((job, index) => {
    const model = job.model === undefined ? undefined : findTrainingModel(job.model.name);
    if (job.model === undefined || model === undefined) return;
    const path = ["workload", "jobs", index, "model"] as const;
    const { tensor = 1, pipeline = 1 } = job.model;
    const gpus = (job.workers ?? 1) * (job.gpus ?? 0);
    if (gpus === 0 || gpus % (tensor * pipeline) !== 0) {
      context.report({
        path,
        rule: "conflicting-fields",
        message: `job ${job.id} has ${gpus} GPUs, which tensor ${tensor} × pipeline ${pipeline} does not divide`,
      });
      return;
    }
    const faults = parallelismFaults(model, parallelismOf(job, job.model));
    if (
      faults.length === 0 &&
      job.duration === undefined &&
      job.model.tokens !== undefined &&
      !canTimeTraining(spec, job)
    ) {
      context.report({
        path: [...path, "tokens"],
        rule: "missing-figure",
        message: `job ${job.id} has tokens and no duration, and no nodes it accepts have what an estimate needs: links, adapters between nodes, figures of the GPU`,
        help: "give its duration",
      });
    }
    for (const { field, message } of faults) {
      const written = MODEL_FIELDS[field] ?? field;
      const isWritten = written in job.model;
      context.report({
        path: isWritten ? [...path, written] : path,
        rule: "conflicting-fields",
        message,
      });
    }
  });
}

/** Labels of both kinds beside each other look like a comparison, and are none. */
function warnOfLabels(context: CheckContext, { cluster }: ScenarioSpec): void {
  const labels = cluster.nodes.map(({ hosting }) =>
    typeof hosting === "string" ? hosting : undefined,
  );
  const index = labels.indexOf("vm");
  if (index === -1 || !labels.includes("bare-metal")) return;
  context.warn({
    path: ["cluster", "nodes", index, "hosting"],
    rule: "hosting-label",
    message: `hosting "vm" of ${cluster.nodes[index]!.name} is a label: its jobs run as fast as on bare metal`,
    help: "write hosting: { profile: vm } to make hosting count",
  });
}
