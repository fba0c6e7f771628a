import { migGeometryOf } from "../../hardware/mig/find-mig-geometry.js";
import { QUEUE_POLICIES } from "../../policy/queue/registry.js";
import type { ResolvedConfiguration } from "../../scenario/resolved.js";

/** Something a reader of a page may change, and what it writes after `--set`. */
export type WhatIfControl =
  | {
      readonly kind: "number";
      readonly path: string;
      readonly label: string;
      readonly value: number;
      readonly min: number;
      readonly max: number;
      readonly step: number;
    }
  | {
      readonly kind: "choice";
      readonly path: string;
      readonly label: string;
      /** The first leaves the scenario as it is: its value is empty. */
      readonly choices: readonly { readonly label: string; readonly value: string }[];
    };

/** Groups of nodes that get controls of their own; a page with more would hide its answer. */
const GROUPS_MAX = 8;

const AS_IS = { label: "as in the scenario", value: "" };

/** What can be changed about a configuration: nodes, load, hosting, partitions, the queue. */
export function whatIfControls(configuration: ResolvedConfiguration): readonly WhatIfControl[] {
  const groups = configuration.nodeGroups.slice(0, GROUPS_MAX);
  return [
    ...groups.map(({ name, count }): WhatIfControl => ({
      kind: "number",
      path: `${groupPath(name)}.count`,
      label: groups.length === 1 ? "Nodes" : `Nodes of ${name}`,
      value: count,
      min: configuration.nodeGroups.length === 1 ? 1 : 0,
      max: Math.max(2 * count, count + 8),
      step: 1,
    })),
    ...loadControl(configuration),
    ...groups.flatMap((group) => groupChoices(configuration, group, groups.length > 1)),
    queueControl(configuration),
  ];
}

function groupPath(name: string): string {
  return `cluster.nodes[${name}]`;
}

function loadControl({ workload }: ResolvedConfiguration): readonly WhatIfControl[] {
  const value = workload.load;
  const max = Math.max(2, 2 * value);
  return [
    { kind: "number", path: "workload.load", label: "Load", value, min: 0.25, max, step: 0.05 },
  ];
}

function groupChoices(
  { cluster }: ResolvedConfiguration,
  { name, firstNode, count, hosting }: ResolvedConfiguration["nodeGroups"][number],
  isOneOfSeveral: boolean,
): readonly WhatIfControl[] {
  const node = count === 0 ? undefined : cluster.nodes[firstNode];
  if (node === undefined || node.gpuCount === 0) return [];
  const of = isOneOfSeveral ? ` of ${name}` : "";
  const hosted: WhatIfControl = {
    kind: "choice",
    path: `${groupPath(name)}.hosting`,
    label: `Hosting${of}`,
    choices: [
      { ...AS_IS, label: hosting === undefined ? AS_IS.label : `${AS_IS.label} (${hosting})` },
      { label: "bare metal", value: "{ profile: bare-metal }" },
      { label: "virtual machines", value: "{ profile: vm }" },
    ],
  };
  if (migGeometryOf(node.gpuModel) === undefined) return [hosted];
  const partitioned: WhatIfControl = {
    kind: "choice",
    path: `${groupPath(name)}.partitioning`,
    label: `GPUs${of}`,
    choices: [
      AS_IS,
      { label: "handed out whole", value: "{ mode: whole }" },
      { label: "shared in thousandths", value: "{ mode: shared }" },
      { label: "MIG, layouts by demand", value: "{ mode: mig, policy: by-demand }" },
      { label: "MIG, layouts changed when idle", value: "{ mode: mig, policy: dynamic }" },
    ],
  };
  return [hosted, partitioned];
}

function queueControl({ policy }: ResolvedConfiguration): WhatIfControl {
  const plain = QUEUE_POLICIES.filter(
    ({ name }) => name !== policy.queue.name && name !== "fair-share",
  );
  return {
    kind: "choice",
    path: "policy.queue",
    label: "Queue",
    choices: [
      { ...AS_IS, label: `${AS_IS.label} (${policy.queue.name})` },
      ...plain.map(({ name }) => ({ label: name, value: name })),
    ],
  };
}
