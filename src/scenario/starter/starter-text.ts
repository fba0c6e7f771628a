import { stringify } from "yaml";

import type { ClusterPart, PolicyPart } from "../import/imported.js";
import type { Machines } from "./machines.js";

/** What a first scenario is made from. */
export interface Starter {
  readonly name: string;
  /** Machines of the catalogue, or what an inventory says. */
  readonly cluster:
    | { readonly machines: readonly Machines[] }
    | { readonly imported: ClusterPart; readonly from: readonly string[] };
  /** Path of the jobs, seen from the scenario. */
  readonly jobs:
    | { readonly trace: string; readonly format?: string }
    | { readonly generate: string; readonly load: number };
  /** Rules read from the inventory go before these names. */
  readonly policy?: PolicyPart;
  readonly queue: string;
  readonly placement: string;
  /** Targets of the 95th percentile of waits, such as `1h`. */
  readonly waitP95: string;
}

/**
 * A commented scenario: machines, jobs, rules, goals, and two variants. It says what each part is for, and how to
 * go on.
 */
export function starterText(starter: Starter): string {
  const { name, queue, placement, policy } = starter;
  const groups = groupNames(starter);
  return [
    "# A first scenario. headroom run simulates it; headroom explain PATH says what a field means.",
    "schema: headroom/scenario/v1",
    `name: ${scalar(name)}`,
    `question: ${scalar(questionOf(starter))}`,
    "seed: 1",
    "",
    "# The machines. More kinds of nodes are more entries; headroom catalog node lists machines by name.",
    clusterText(starter),
    "",
    ...jobsText(starter),
    "",
    "# Who goes first, and where to: headroom explain policy.queue, headroom explain policy.placement.",
    block({ policy: { queue: policy?.queue ?? queue, placement: policy?.placement ?? placement } }),
    "",
    "# What has to hold. headroom run exits with 1 when a goal is missed.",
    block({
      goals: [
        { id: "p95 wait", metric: "jobs.waitS.p95", atMost: starter.waitP95 },
        { id: "every job can run", metric: "jobs.neverPlaceable", atMost: 0 },
      ],
    }),
    "",
    "# Other configurations of the same, on the same jobs. headroom compare says how sure a difference is.",
    block({ variants: variantsOf(starter, groups) }),
    "",
  ].join("\n");
}

function questionOf({ cluster, jobs }: Starter): string {
  const what =
    "machines" in cluster
      ? cluster.machines.map(({ sku, count }) => `${count} × ${sku.name}`).join(" and ")
      : `the nodes of ${cluster.from.join(" and ")}`;
  const work = "trace" in jobs ? `the jobs of ${jobs.trace}` : "a generated week of jobs";
  return `Are ${what} enough for ${work}, and what happens at +25 % load?`;
}

function groupNames({
  cluster,
}: Starter): readonly { readonly name: string; readonly count: number }[] {
  return "machines" in cluster ? namedMachines(cluster.machines) : cluster.imported.nodes;
}

/** Machines with names for their groups: the GPU in lower case, with a number where it comes again. */
function namedMachines(
  machines: readonly Machines[],
): readonly (Machines & { readonly name: string })[] {
  const seen = new Map<string, number>();
  return machines.map((entry) => {
    const gpu = (entry.sku.gpuModel ?? "nodes").split(/[\s-]/u)[0]!.toLowerCase();
    const times = (seen.get(gpu) ?? 0) + 1;
    seen.set(gpu, times);
    return { ...entry, name: times === 1 ? gpu : `${gpu}-${times}` };
  });
}

function clusterText({ cluster }: Starter): string {
  if ("imported" in cluster) {
    return [`# Read from ${cluster.from.join(", ")}.`, block({ cluster: cluster.imported })].join(
      "\n",
    );
  }
  const nodes = namedMachines(cluster.machines).map(({ name, sku, count }) => ({
    name,
    sku: sku.name,
    count,
  }));
  return block({ cluster: { nodes } });
}

function jobsText({ jobs }: Starter): readonly string[] {
  if ("trace" in jobs) {
    return [
      "# The jobs: headroom trace describe shows what is in a file. load: 1.25 squeezes arrivals by a quarter.",
      block({
        workload: {
          trace: jobs.trace,
          ...(jobs.format === undefined ? {} : { format: jobs.format }),
        },
      }),
    ];
  }
  return [
    "# No trace was given: jobs are drawn from parameters in the proportions of published traces. load fits them to",
    "# the GPUs of this cluster. With jobs of your own, write trace: PATH in place of generate.",
    block({ workload: { generate: jobs.generate, load: jobs.load } }),
  ];
}

function variantsOf(
  { jobs }: Starter,
  [first]: readonly { readonly name: string; readonly count: number }[],
): readonly unknown[] {
  const load = Number(((("load" in jobs ? jobs.load : 1) * 125) / 100).toPrecision(6));
  const grown = { "workload.load": load };
  if (first === undefined) return [{ name: "+25 % load", set: grown }];
  const count = Math.max(first.count + 1, Math.ceil(first.count * 1.25));
  return [
    { name: "+25 % load", set: grown },
    {
      name: `+25 % load on ${count} nodes of ${first.name}`,
      set: { ...grown, [`cluster.nodes[${first.name}].count`]: count },
    },
  ];
}

function block(part: Readonly<Record<string, unknown>>): string {
  return stringify(part, { lineWidth: 0, aliasDuplicateObjects: false }).trimEnd();
}

function scalar(text: string): string {
  return stringify(text, { lineWidth: 0 }).trimEnd();
}
