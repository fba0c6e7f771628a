import type { ClusterSpec, NodeSpec } from "../cluster/spec.js";
import type { TopologyRequest } from "../workload/topology-request.js";
import { UNCONSTRAINED } from "../workload/topology-request.js";
import type { NodeGroup } from "./resolved.js";
import type { ScenarioSpec } from "./schema/scenario-schema.js";

type ClusterInput = ScenarioSpec["cluster"];
type TopologyInput = NonNullable<ScenarioSpec["workload"]["topology"]>;

/** The nodes of a checked cluster in their blocks and racks. */
export function resolveTopology(
  { topology, nodes: groups }: ClusterInput,
  nodes: readonly NodeSpec[],
  nodeGroups: readonly NodeGroup[],
): ClusterSpec {
  if (topology === undefined) return { nodes };
  const placed = nodeGroups.flatMap(({ name, firstNode, count }, index) => {
    const own = groups[index]!.topology ?? [];
    return nodes.slice(firstNode, firstNode + count).map((node, place): NodeSpec => {
      const domains = topology.map(({ level, size: sizeOfAll }) => {
        const rule = own.find((candidate) => candidate.level === level);
        if (rule?.name !== undefined) return rule.name;
        if (rule?.names !== undefined) return rule.names[place]!;
        const size = rule?.size ?? sizeOfAll;
        if (size === undefined)
          throw new Error(`scenario: group ${name} passed the checks without a place in ${level}`);
        return `${name}-${level}-${Math.floor(place / size)}`;
      });
      return { ...node, domains };
    });
  });
  return { nodes: placed, topology: { levels: topology.map(({ level }) => level) } };
}

/** What a job asks for, in the words of a run. */
export function resolveTopologyRequest(written: TopologyInput): TopologyRequest {
  if (typeof written === "string") return UNCONSTRAINED;
  const { required, preferred } = written;
  if (required !== undefined) return { mode: "required", level: required };
  if (preferred !== undefined) return { mode: "preferred", level: preferred };
  throw new Error("scenario: a topology passed the checks with neither required nor preferred");
}
