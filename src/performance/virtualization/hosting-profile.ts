import type { StepJitter } from "./step-jitter.js";

/** Where a number comes from. */
export type Provenance = "measured" | "published" | "assumed" | "given";

/** A value with its provenance. */
export interface Sourced<Value> {
  readonly value: Value;
  readonly provenance: Provenance;
  /** Publication, file, or the reason for the assumption. */
  readonly source: string;
}

/** One step of making a node ready, lognormal: median and the standard deviation of the logarithm. */
export interface ProvisioningPhase {
  readonly name: string;
  readonly medianS: number;
  /** 0 is a fixed time. */
  readonly sigma: number;
}

/** What the guest sees of the sockets of its host. */
export type GuestNuma = "native" | "exposed" | "hidden";

/**
 * What stands between a job and its machine: everything that differs between a machine of one's own and
 * a virtual one. Virtualisation is a host-path and topology effect, not one factor on FLOPs.
 */
export interface HostingProfile {
  readonly name: string;
  readonly description: string;
  /** Speed of computing on the GPUs relative to bare metal. */
  readonly computeRatio: Sourced<number>;
  /** Beyond what the same machine has on bare metal; per node, because a hypervisor stops a whole guest. */
  readonly jitter: Sourced<StepJitter>;
  readonly guestNuma: Sourced<GuestNuma>;
  /** Factor on work that goes through host memory, ≥ 1: what hidden NUMA costs. */
  readonly hostPathSlowdown: Sourced<number>;
  /** Whether GPUs of a node reach each other directly (NVLink, PCIe peer to peer). */
  readonly gpuPeerToPeer: Sourced<boolean>;
  /** How the node reaches others: SR-IOV RDMA (as bare metal does), or TCP. */
  readonly network: Sourced<"rdma" | "tcp">;
  /** From the decision for one more node to the node taking jobs; none for machines that were bought. */
  readonly provisioning: Sourced<readonly ProvisioningPhase[]>;
  /** Whether nodes can be had and given back while running. */
  readonly elastic: Sourced<boolean>;
  readonly liveMigration: Sourced<boolean>;
}

const REFERENCE =
  "bare metal is the reference: a job with only a duration runs at that speed on it";
const CLAIMS =
  "MLPerf Inference v1.1 on vSphere 7U2, 3× A100 vGPU: 94.4–100 % (VMware, 2021); v3.0, 4× A100 SXM and 2× H100 PCIe: 94–105 % (VMware, 2023); passthrough with KVM 98–100 %, VMware and Xen 96–99 %";

/** A whole machine of one's own. */
export const BARE_METAL: HostingProfile = {
  name: "bare-metal",
  description:
    "A whole machine that was bought: the reference for speed, always there, never more of it.",
  computeRatio: { value: 1, provenance: "assumed", source: REFERENCE },
  jitter: { value: { kind: "none" }, provenance: "assumed", source: REFERENCE },
  guestNuma: { value: "native", provenance: "assumed", source: "there is no guest" },
  hostPathSlowdown: { value: 1, provenance: "assumed", source: REFERENCE },
  gpuPeerToPeer: { value: true, provenance: "assumed", source: "as the machine is built" },
  network: { value: "rdma", provenance: "assumed", source: "as the machine is built" },
  provisioning: {
    value: [],
    provenance: "assumed",
    source:
      "bought machines are there from the start; no measured time to install one was found (design target of Open Compute: under 15 minutes)",
  },
  elastic: { value: false, provenance: "assumed", source: "buying takes longer than any run" },
  liveMigration: {
    value: false,
    provenance: "assumed",
    source: "jobs cannot be moved while running",
  },
};

/** A virtual machine with all GPUs of its host passed through, as cloud GPU machines are. */
export const VIRTUAL_MACHINE: HostingProfile = {
  name: "vm",
  description:
    "A virtual machine with its GPUs, NVLink and network cards passed through: there in minutes, given back when idle.",
  computeRatio: {
    value: 0.97,
    provenance: "assumed",
    source: `middle of the lower half of what is published for GPU-bound work: ${CLAIMS}; training under 5 % slower (Dell)`,
  },
  jitter: {
    value: { kind: "exponential", meanShare: 0.002 },
    provenance: "assumed",
    source:
      "no measurement of hypervisor jitter in GPU training was found; 0.2 % of a step per virtual machine makes a gang of 64 machines 1 % slower",
  },
  guestNuma: {
    value: "exposed",
    provenance: "published",
    source:
      "Azure's ND topology files for guests show 2 or 4 NUMA nodes with their GPUs and network cards (Azure/azhpc-images@8e9d055)",
  },
  hostPathSlowdown: {
    value: 1,
    provenance: "assumed",
    source:
      "none where the guest sees its NUMA nodes; hidden ones cost 2–7× in STREAM (CloudRift, 2026-04-22)",
  },
  gpuPeerToPeer: {
    value: true,
    provenance: "published",
    source:
      "Azure accepts ND H100 v5 guests from 460 GB/s of all-reduce on, the rate of NVLink on bare metal (azurehpc-health-checks@0e0a1ac)",
  },
  network: {
    value: "rdma",
    provenance: "published",
    source:
      "ND guests have their InfiniBand cards by SR-IOV, accepted from 380 of 400 Gb/s on (azurehpc-health-checks@0e0a1ac)",
  },
  provisioning: {
    value: [
      { name: "node provisioning", medianS: 284, sigma: 0.3 },
      { name: "node initialisation", medianS: 126, sigma: 0.3 },
      { name: "image pull and container start", medianS: 111, sigma: 0.3 },
    ],
    provenance: "published",
    source:
      "one measured run of an A100 node on AKS, kaito-project/kaito#2325 (2026-09-07); its spread is assumed (σ = 0.3; other clouds report 1 to 15 minutes)",
  },
  elastic: {
    value: true,
    provenance: "published",
    source: "node pools of cloud Kubernetes services",
  },
  liveMigration: {
    value: false,
    provenance: "published",
    source:
      "not supported on ND and NC machines, supported on NVadsA10 v5 (MicrosoftDocs/azure-compute-docs)",
  },
};

/** The presets by name. */
export const HOSTING_PROFILES: Readonly<Record<"bare-metal" | "vm", HostingProfile>> = {
  "bare-metal": BARE_METAL,
  vm: VIRTUAL_MACHINE,
};

/** Middle of the published 2 to 7 times that guests lose in host memory bandwidth when NUMA is hidden. */
export const HIDDEN_NUMA_SLOWDOWN: Sourced<number> = {
  value: 3.7,
  provenance: "published",
  source:
    "geometric middle of 2–7× in STREAM, guest NUMA exposed against hidden (CloudRift, 2026-04-22)",
};

/** Largest compute ratio that a profile may claim: the most anybody published. */
export const COMPUTE_RATIO_MAX = 1.05;
