/** Queues of two teams in one cohort, as `kubectl get … -o yaml` and hand-written files mix them. */
export const KUEUE = `# flavors
apiVersion: kueue.x-k8s.io/v1beta1
kind: ResourceFlavor
metadata: { name: h100 }
spec:
  nodeLabels: { nvidia.com/gpu.product: NVIDIA-H100-80GB-HBM3, pool: a }
---
apiVersion: kueue.x-k8s.io/v1beta1
kind: ClusterQueue
metadata: { name: vision }
spec:
  cohort: research
  queueingStrategy: StrictFIFO
  resourceGroups:
    - coveredResources: [cpu, memory, nvidia.com/gpu, ephemeral-storage]
      flavors:
        - name: h100
          resources:
            - { name: cpu, nominalQuota: 96500m }
            - { name: memory, nominalQuota: 1Ti }
            - { name: nvidia.com/gpu, nominalQuota: 8, borrowingLimit: 4 }
            - { name: ephemeral-storage, nominalQuota: 1Ti }
  preemption:
    reclaimWithinCohort: Any
    withinClusterQueue: LowerPriority
    borrowWithinCohort: { policy: LowerPriority, maxPriorityThreshold: 100 }
  flavorFungibility: { whenCanBorrow: Borrow, whenCanPreempt: TryNextFlavor }
  stopPolicy: Hold
  admissionChecks: [provisioning]
---
apiVersion: v1
kind: List
items:
  - apiVersion: kueue.x-k8s.io/v1beta2
    kind: ClusterQueue
    metadata: { name: nlp }
    spec:
      cohortName: research
      fairSharing: { weight: 500m }
      flavorFungibility: { whenCanBorrow: TryNextFlavor, whenCanPreempt: TryNextFlavor, preference: PreemptionOverBorrowing }
      resourceGroups:
        - coveredResources: [nvidia.com/gpu]
          flavors:
            - name: h100
              resources: [{ name: nvidia.com/gpu, nominalQuota: "8", lendingLimit: 2 }]
  - apiVersion: kueue.x-k8s.io/v1beta2
    kind: Cohort
    metadata: { name: research }
    spec: { parentName: company }
  - apiVersion: kueue.x-k8s.io/v1beta2
    kind: LocalQueue
    metadata: { name: queue, namespace: team-a }
    spec: { clusterQueue: vision }
  - apiVersion: kueue.x-k8s.io/v1beta2
    kind: WorkloadPriorityClass
    metadata: { name: high }
    value: 1000
`;

/** Bin packing by GPU first, two profiles, and plugins that are not simulated. */
export const SCHEDULER = `apiVersion: kubescheduler.config.k8s.io/v1
kind: KubeSchedulerConfiguration
percentageOfNodesToScore: 40
leaderElection: { leaderElect: true }
profiles:
  - schedulerName: batch
  - schedulerName: default-scheduler
    plugins:
      score:
        disabled: [{ name: ImageLocality }]
        enabled:
          - { name: NodeResourcesFit, weight: 5 }
          - { name: MyPlugin, weight: 2 }
    pluginConfig:
      - name: NodeResourcesFit
        args:
          scoringStrategy:
            type: MostAllocated
            resources:
              - { name: nvidia.com/gpu, weight: 8 }
              - { name: cpu, weight: 1 }
              - { name: memory, weight: 1 }
`;

/** Two disjoint partitions, defaults, a line that goes on, and settings nobody simulates. */
export const SLURM_CONF = `# our cluster
ClusterName=lab
SchedulerType=sched/backfill
SelectType=select/cons_tres
PriorityType=priority/multifactor
PreemptMode=REQUEUE # stop and queue again
NodeName=DEFAULT State=UNKNOWN
NodeName=gpu[001-004] CPUs=96 RealMemory=1900000 MemSpecLimit=16384 \\
   Gres=gpu:h100:8(S:0-1),nvme:2 Weight=10
NodeName=old[1-2] Sockets=2 CoresPerSocket=16 ThreadsPerCore=2 RealMemory=512000 Gres=gpu:a100:4
NodeName=new[1-9] CPUs=4 RealMemory=1000 State=FUTURE
PartitionName=DEFAULT MaxTime=2-00:00:00
PartitionName=main Nodes=gpu[001-004] Default=YES PriorityTier=10
PartitionName=legacy Nodes=old[1-2] AllowAccounts=physics
`;

const node = (name: string, more: object, labels: object, spec: object = {}) => ({
  kind: "Node",
  metadata: { name, labels },
  spec,
  status: {
    allocatable: { cpu: "95500m", memory: "1981000000Ki", pods: "250", ...more },
    conditions: [{ type: "Ready", status: "True" }],
  },
});
const H100 = { "nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3", "nvidia.com/gpu.count": "8" };

/** Like nodes, a cordoned one, MIG in both strategies, time slicing, and one without GPUs. */
export const NODES = JSON.stringify(
  {
    kind: "List",
    items: [
      node("gpu-1", { "nvidia.com/gpu": "8" }, H100, {
        taints: [{ key: "sku", value: "gpu", effect: "NoSchedule" }],
      }),
      node("gpu-2", { "nvidia.com/gpu": "8", memory: "1981000512Ki" }, H100),
      node("gpu-3", { "nvidia.com/gpu": "8" }, H100, { unschedulable: true }),
      node(
        "mixed",
        { "nvidia.com/gpu": "7", "nvidia.com/mig-3g.40gb": "2" },
        { ...H100, "nvidia.com/mig.strategy": "mixed" },
      ),
      node(
        "single",
        { "nvidia.com/gpu": "56" },
        {
          "nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3-MIG-1g.10gb",
          "nvidia.com/mig.strategy": "single",
        },
      ),
      node(
        "shared",
        { "nvidia.com/gpu": "16" },
        { "nvidia.com/gpu.product": "Tesla-T4-SHARED", "nvidia.com/gpu.replicas": "4" },
      ),
      node("cpu-1", {}, {}),
    ],
  },
  undefined,
  1,
);

/** Without a header, in the order of `SQUEUE_COLUMNS`. */
export const SQUEUE = `4101|ana|vision|main|RUNNING|2026-01-05T08:00:00|2026-01-05T08:02:10|12:00:00|3:02:10|2|gres/gpu:h100:8|gpu[001-002]
4102|bo|nlp|main|RUNNING|2026-01-05T08:05:00|2026-01-05T08:06:00|1-00:00:00|30:00|1|gres/gpu:1|gpu003
4103|bo|nlp|main|PENDING|2026-01-05T09:00:00|N/A|4:00:00|0:00|1|gres/gpu:h100:4|
4104_[1-2%1]|ana|vision|main|PENDING|2026-01-05T08:30:00|N/A|1:00:00|0:00|1|gpu:2|
4105|bo|nlp|main|PENDING|2026-01-05T08:40:00|N/A|1:00:00|0:00|1|N/A|
4106|bo|nlp|main|COMPLETING|2026-01-05T08:40:00|N/A|1:00:00|0:10|1|gpu:1|
`;
