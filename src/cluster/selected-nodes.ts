import { didYouMean } from "../diagnostics/did-you-mean.js";
import type { PodRequest } from "../workload/job-table.js";
import { describeRule, selectsNode, type NodeSelectorRule } from "../workload/node-selector.js";
import type { ClusterSpec } from "./spec.js";

/** Labels of nodes do not change, so what a request selects is found out once per cluster. */
const known = new WeakMap<ClusterSpec, WeakMap<PodRequest, Uint8Array>>();

/** One flag per node: 1 where the labels suit the request; undefined when the request selects nothing. */
export function selectedNodes(spec: ClusterSpec, request: PodRequest): Uint8Array | undefined {
  const { nodeSelector } = request;
  if (nodeSelector === undefined) return undefined;
  let ofSpec = known.get(spec);
  if (ofSpec === undefined) known.set(spec, (ofSpec = new WeakMap()));
  let selected = ofSpec.get(request);
  if (selected === undefined) {
    selected = Uint8Array.from(spec.nodes, ({ labels = {} }) =>
      selectsNode(nodeSelector, labels) ? 1 : 0,
    );
    ofSpec.set(request, selected);
  }
  return selected;
}

/**
 * Why no node at all has the labels that a request selects, with the nearest label or value there is;
 * undefined when some node has them.
 */
export function whyNothingSelected(spec: ClusterSpec, request: PodRequest): string | undefined {
  const selected = selectedNodes(spec, request);
  if (selected === undefined || selected.includes(1)) return undefined;
  const labelsOf = spec.nodes.map(({ labels = {} }) => labels);
  const unmet = request.nodeSelector!.find(
    (rule) => !labelsOf.some((labels) => selectsNode([rule], labels)),
  );
  if (unmet === undefined) {
    const rules = request.nodeSelector!.map(describeRule).join(" and ");
    return `no node has all labels the job selects: ${rules}`;
  }
  return `no node has a label the job selects: ${describeRule(unmet)}${nearest(unmet, labelsOf)}`;
}

function nearest(
  { label, in: values = [] }: NodeSelectorRule,
  labelsOf: readonly Readonly<Record<string, string>>[],
): string {
  const names = [...new Set(labelsOf.flatMap((labels) => Object.keys(labels)))];
  if (names.length === 0) return "; no node has any label";
  if (!names.includes(label)) {
    const meant = didYouMean(label, names);
    return meant === undefined
      ? `; labels of nodes are ${names.slice(0, 5).join(", ")}`
      : `; the nearest label is ${meant}`;
  }
  const there = [...new Set(labelsOf.flatMap((labels) => labels[label] ?? []))];
  const meant = values.map((value) => didYouMean(value, there)).find((one) => one !== undefined);
  return `; the nearest value of ${label} is ${meant ?? there[0]!}`;
}
