// How the GPUs, sockets, switches and adapters of a node hang together.
export type {
  NodeNic,
  NodeTopology,
  NumaNode,
  NvlinkPair,
  NvswitchFabric,
  PcieSwitch,
  RackDomain,
  TopologyProvenance,
} from "./topology/node-topology.js";
export type { Device, DevicePath } from "./topology/device-path.js";
export { devicePath, devicePathText } from "./topology/device-path.js";
export type { GpuDomainLevel } from "./topology/gpu-domains.js";
export { gpuDomainLevels, gpuDomainsOf } from "./topology/gpu-domains.js";
export { nodeTopologyOf, topologyOfSku } from "./topology/node-topology-of.js";
