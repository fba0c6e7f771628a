import { COMPUTE_RATIO_MAX } from "../../performance/virtualization/hosting-profile.js";
import type { ResolvedConfiguration } from "../../scenario/resolved.js";
import type { Factor } from "./factor.js";

/** Demand that comes is not the demand of a trace: a tenth more or less is little. */
const LOAD_SPREAD = 0.1;
/** Least speed of virtual machines that was published for GPU work. */
const COMPUTE_RATIO_MIN = 0.94;

/** What of a configuration's ledger can be varied: numbers nobody measured that a field of the scenario takes. */
export function ledgerFactors(configuration: ResolvedConfiguration): readonly Factor[] {
  return [
    loadFactor(configuration),
    ...hostingFactors(configuration),
    ...communicationFactors(configuration),
    ...powerFactors(configuration),
  ];
}

/** Assumptions of the ledger that no field takes, and that are therefore not varied: their ids. */
export function notVaried(
  configuration: ResolvedConfiguration,
  factors: readonly Factor[],
): readonly string[] {
  const varied = new Set(factors.map(({ id }) => id));
  return configuration.assumptions
    .filter(({ provenance, id }) => provenance === "assumed" && !varied.has(id))
    .map(({ what }) => what);
}

function loadFactor({ workload }: ResolvedConfiguration): Factor {
  const { load } = workload;
  return {
    id: "load",
    label: "Load",
    path: "workload.load",
    value: load,
    low: load * (1 - LOAD_SPREAD),
    high: load * (1 + LOAD_SPREAD),
    unit: "",
    provenance: "assumed",
    source: "what comes is not what was recorded: a tenth less to a tenth more",
  };
}

function hostingFactors({ hosting, nodeGroups }: ResolvedConfiguration): readonly Factor[] {
  return (hosting?.groups ?? []).flatMap(({ profile }, index): readonly Factor[] => {
    const name = nodeGroups[index]!.name;
    if (profile === undefined || profile.computeRatio.value === 1) return [];
    const { value, provenance, source } = profile.computeRatio;
    if (provenance === "given" || provenance === "measured") return [];
    return [
      {
        id: `hosting:${name}:compute-ratio`,
        label: `Speed of computing on ${name}, over bare metal`,
        path: `cluster.nodes[${name}].hosting.computeRatio`,
        value,
        low: COMPUTE_RATIO_MIN,
        high: Math.min(COMPUTE_RATIO_MAX, 1),
        unit: "",
        provenance,
        source,
      },
    ];
  });
}

function communicationFactors(configuration: ResolvedConfiguration): readonly Factor[] {
  const communication = configuration.hosting?.communication;
  if (communication === undefined) return [];
  const { fabric } = communication;
  const isGiven = configuration.assumptions.some(
    ({ id, provenance }) => id === "fabric:oversubscription" && provenance === "given",
  );
  if (isGiven || fabric.oversubscription === undefined) return [];
  return [
    {
      id: "fabric:oversubscription",
      label: "Oversubscription of the network",
      path: "cluster.fabric.oversubscription",
      value: fabric.oversubscription,
      low: 1,
      high: 4,
      unit: "",
      provenance: "assumed",
      source: "leaf switches with a quarter to all of their bandwidth to the spine",
    },
  ];
}

function powerFactors({ power, assumptions }: ResolvedConfiguration): readonly Factor[] {
  const pue = assumptions.find(({ id }) => id === "power:pue");
  if (power === undefined || pue === undefined || pue.provenance === "given") return [];
  return [
    {
      id: "power:pue",
      label: "Power at the meter over power of the machines",
      path: "power.pue",
      value: power.pue,
      low: 1.05,
      high: 1.6,
      unit: "",
      provenance: pue.provenance,
      source: "new halls with liquid cooling to old ones with air",
    },
  ];
}
