// How long operations over several GPUs take: measured tables, NCCL's cost model, networks, shared links.
export type {
  CollectiveAnswer,
  CollectiveFabric,
  CollectiveGpu,
  CollectiveHost,
  CollectiveMethod,
  CollectiveNode,
  CollectiveOperation,
  CollectiveQuestion,
  CollectiveTimer,
} from "./collectives/types.js";
export { COLLECTIVE_OPERATIONS } from "./collectives/types.js";
export { busBandwidthFactor } from "./collectives/bus-bandwidth.js";
export {
  collectiveTimeS,
  ncclPlaceAcrossNodes,
  placeAcrossNodes,
  placeInsideDomain,
} from "./collectives/collective-time.js";
export { hierarchicalAllReduceBounds } from "./collectives/hierarchical.js";
export type { IntraNodeRates } from "./collectives/intra-node-rates.js";
export { intraNodeRates } from "./collectives/intra-node-rates.js";
export { NCCL_SOURCE } from "./collectives/nccl-constants.js";
export type { NcclCandidate, NcclPlace } from "./collectives/nccl-model.js";
export { fastest, ncclCandidates } from "./collectives/nccl-model.js";
export { RDMA_LINE_SHARE, TCP_LINE_SHARE } from "./collectives/network-rates.js";
export { interpolateTable } from "./collectives/measured/interpolate-table.js";
export { leaveOneOut } from "./collectives/measured/leave-one-out.js";
export { MEASURED_SOURCE } from "./collectives/measured/measured-system.js";
export type { MeasuredSystem } from "./collectives/measured/measured-system.js";
export type { MeasuredTable } from "./collectives/measured/measured-table.js";
export { MEASURED_SYSTEMS, MEASURED_TABLES } from "./collectives/measured/measured-table.js";
export {
  measuredNode,
  pairedNode,
  pcieNode,
  referenceGpu,
  switchedNode,
} from "./collectives/reference-nodes.js";
export type { MaxMinFlow } from "./collectives/max-min.js";
export { maxMinRates } from "./collectives/max-min.js";
export type { NetworkJob, SharedNetwork, SharedNode } from "./collectives/network-shares.js";
export { networkShares } from "./collectives/network-shares.js";
export type { SkuNode } from "./collectives/node-of-sku.js";
export { nodeOfSku } from "./collectives/node-of-sku.js";
