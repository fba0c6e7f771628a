import type { LocatedNode } from "../../diagnostics/located-node.js";
import type { Imported, ImportLog, ImportSource } from "./imported.js";
import { createImportLog, finishImport } from "./imported.js";
import { parseYamlDocuments } from "../../diagnostics/yaml-documents.js";
import { at, ignore, ignoreOthers, itemsAt, reject, textAt } from "./located-fields.js";
import { fitScorer, type ImportedScorer } from "./node-resources-fit.js";

/**
 * Weights of kube's default score plugins since 1.23; those in the second list have no counterpart.
 * Source: kubernetes/kubernetes pkg/scheduler/apis/config/v1/default_plugins.go.
 */
const SCORED_BY_DEFAULT: Readonly<Record<string, number>> = {
  NodeResourcesFit: 1,
  NodeResourcesBalancedAllocation: 1,
};
const OTHERS_BY_DEFAULT: Readonly<Record<string, number>> = {
  TaintToleration: 3,
  NodeAffinity: 2,
  PodTopologySpread: 2,
  InterPodAffinity: 2,
  ImageLocality: 1,
};

/** A plugin that scores, and where it was named. */
interface ScorePlugin {
  readonly weight: number;
  /** Absent for one that is on by default. */
  readonly node?: LocatedNode;
}

type Scorer = ImportedScorer & { readonly weight: number };

/**
 * Reads a KubeSchedulerConfiguration into weighted scorers.
 *
 * Filters are those of Headroom, whatever the file says of them. Source of the fields:
 * https://kubernetes.io/docs/reference/config-api/kube-scheduler-config.v1/.
 *
 * @throws InputError with every problem of the file
 */
export function importKubeScheduler(source: ImportSource): Imported {
  const log = createImportLog();
  const root = parseYamlDocuments(source.file, source.text).find(
    (document) => textAt(document, "kind") === "KubeSchedulerConfiguration",
  );
  if (root === undefined) {
    const message = "the file has no document of kind KubeSchedulerConfiguration";
    log.problems.push({ file: source.file, line: 1, col: 1, rule: "missing-object", message });
    return finishImport({}, log);
  }
  const profile = profileOf(log, root);
  const scorers = scorersOf(log, profile);
  noteSampling(log, profile, root);
  ignoreOthers(log, root, {
    owner: "KubeSchedulerConfiguration",
    read: ["apiVersion", "kind", "metadata", "profiles", "percentageOfNodesToScore"],
    why: {
      extenders: "an extender is another program; its filters and scores are not simulated",
      "": "is about how the scheduler runs and not about where pods go",
    },
  });
  log.notes.push(
    "ties go to the earliest node in the scenario; kube draws one of the equal nodes at random",
    "the order of pods is policy.queue: kube's own order with preemption is priority-preemption",
  );
  // Without a score kube draws one of the nodes that have room.
  if (scorers.length === 0) {
    log.notes.push(
      "no plugin that scores is left: kube then draws a node, as placement random does",
    );
    return finishImport({ policy: { placement: "random" } }, log);
  }
  return finishImport({ policy: { placement: { scorers } } }, log);
}

/** The profile that pods use which name none; the only one that is read. */
function profileOf(log: ImportLog, root: LocatedNode): LocatedNode | undefined {
  const profiles = itemsAt(root, "profiles");
  const nameOf = (profile: LocatedNode): string =>
    textAt(profile, "schedulerName") ?? "default-scheduler";
  const used = profiles.find((profile) => nameOf(profile) === "default-scheduler") ?? profiles[0];
  profiles.forEach((profile, index) => {
    if (profile === used) return;
    const why = `a run has one placement; the profile ${used === undefined ? "" : nameOf(used)} is used`;
    ignore(log, profile, `profiles[${index}] ${nameOf(profile)}`, why);
  });
  log.notes.push(
    used === undefined
      ? "the file has no profiles: kube's default plugins are meant"
      : `read profile ${nameOf(used)}`,
  );
  ignoreOthers(log, used, {
    owner: "profile",
    read: ["schedulerName", "plugins", "pluginConfig", "percentageOfNodesToScore"],
    why: {},
  });
  return used;
}

function scorersOf(log: ImportLog, profile: LocatedNode | undefined): readonly Scorer[] {
  const plugins = scorePlugins(log, profile);
  const scorers = new Map<string, Scorer>();
  const add = (scorer: ImportedScorer, weight: number): void => {
    const key = JSON.stringify(scorer);
    const { name, ...options } = scorer;
    scorers.set(key, { name, weight: (scorers.get(key)?.weight ?? 0) + weight, ...options });
  };
  for (const [name, { weight, node }] of plugins) {
    const plain = PLAIN_PLUGINS[name];
    if (name === "NodeResourcesFit") add(fitScorer(log, argsOf(profile, name)), weight);
    else if (plain !== undefined) {
      add({ name: plain }, weight);
      const args = argsOf(profile, name);
      ignoreOthers(log, args, {
        owner: `pluginConfig ${name}.args`,
        read: ["apiVersion", "kind"],
        why: { "": "the scorer looks at CPU and memory alike" },
      });
      if (plain === "balanced-allocation") log.notes.push(BALANCED_NOTE);
    } else if (node !== undefined) {
      ignore(
        log,
        node,
        `plugins.score ${name}`,
        "no scorer of Headroom does what this plugin does",
      );
    }
  }
  const others = Object.keys(OTHERS_BY_DEFAULT).filter((name) => plugins.has(name));
  if (others.length > 0) {
    log.notes.push(
      `of kube's default scores ${others.join(", ")} are left out: the jobs of a trace have no affinities, taints or images`,
    );
  }
  itemsAt(profile, "pluginConfig").forEach((config) => {
    const name = textAt(config, "name") ?? "";
    if (name === "NodeResourcesFit" || PLAIN_PLUGINS[name] !== undefined) return;
    ignore(log, config, `pluginConfig ${name}`, "the plugin is not simulated");
  });
  return [...scorers.values()];
}

const BALANCED_NOTE =
  "balanced-allocation is kube's formula of release 1.20, 1 - |cpu - memory|; later releases take the standard deviation, half of that difference, so it weighs twice as much here";

/** Plugins that are one scorer whatever their arguments; the first three are names from before 1.23. */
const PLAIN_PLUGINS: Readonly<Record<string, string>> = {
  NodeResourcesLeastAllocated: "least-allocated",
  NodeResourcesMostAllocated: "most-allocated",
  RequestedToCapacityRatio: "requested-to-capacity-ratio",
  NodeResourcesBalancedAllocation: "balanced-allocation",
};

/** What scores in a profile: the defaults, changed by `multiPoint` and then by `score`, as kube does. */
function scorePlugins(
  log: ImportLog,
  profile: LocatedNode | undefined,
): ReadonlyMap<string, ScorePlugin> {
  const plugins = new Map<string, ScorePlugin>(
    Object.entries({ ...SCORED_BY_DEFAULT, ...OTHERS_BY_DEFAULT }).map(([name, weight]) => [
      name,
      { weight },
    ]),
  );
  for (const point of ["multiPoint", "score"]) {
    for (const item of itemsAt(profile, `plugins.${point}.disabled`)) {
      const name = textAt(item, "name");
      if (name === "*") plugins.clear();
      else if (name !== undefined) plugins.delete(name);
    }
    for (const item of itemsAt(profile, `plugins.${point}.enabled`)) {
      const name = textAt(item, "name");
      if (name === undefined) {
        reject(log, item, "missing-field", "a plugin needs a name");
        continue;
      }
      // Most plugins named at multiPoint do not score at all.
      const mayScore =
        point === "score" ||
        plugins.has(name) ||
        PLAIN_PLUGINS[name] !== undefined ||
        name === "NodeResourcesFit";
      if (mayScore)
        plugins.set(name, { weight: weightOf(log, item, plugins.get(name)), node: item });
      else if (!(name in OTHERS_BY_DEFAULT)) {
        ignore(log, item, `plugins.multiPoint ${name}`, "the plugin is not simulated");
      }
    }
  }
  const points = at(profile, "plugins");
  ignoreOthers(log, points, {
    owner: "plugins",
    read: ["score", "multiPoint"],
    why: {
      "": "filters, queueing and binding are those of Headroom: room for CPU, memory, pods and GPUs of the model asked for",
    },
  });
  return plugins;
}

/** The weight written; 0 and nothing mean the plugin's default, 1 for those that are not on by default. */
function weightOf(log: ImportLog, item: LocatedNode, before: ScorePlugin | undefined): number {
  const node = at(item, "weight");
  if (node === undefined) return before?.weight ?? 1;
  const value = node.kind === "scalar" ? node.value : undefined;
  if (typeof value === "number" && Number.isInteger(value) && value >= 0) {
    return value === 0 ? (before?.weight ?? 1) : value;
  }
  reject(log, node, "wrong-type", "the weight of a plugin must be a whole number from 0");
  return 1;
}

function argsOf(profile: LocatedNode | undefined, plugin: string): LocatedNode | undefined {
  const config = itemsAt(profile, "pluginConfig").find((item) => textAt(item, "name") === plugin);
  return at(config, "args");
}

function noteSampling(log: ImportLog, profile: LocatedNode | undefined, root: LocatedNode): void {
  const node = at(profile, "percentageOfNodesToScore") ?? at(root, "percentageOfNodesToScore");
  if (node === undefined || (node.kind === "scalar" && node.value === 0)) {
    log.notes.push(
      "every node with room is scored; kube's default scores a part of clusters with more than 100 nodes",
    );
    return;
  }
  if (node.kind === "scalar" && typeof node.value === "number" && node.value >= 100) return;
  ignore(log, node, "percentageOfNodesToScore", "every node with room is scored");
}
