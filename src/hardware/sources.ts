/** When the sources below were read; they may have moved on. */
export const SOURCES_READ_ON = "2026-11-21";

/** Where the figures of the catalogue were read: repository, commit and path, or a page. */
export const SOURCES = {
  "mig-guide": "docs.nvidia.com/datacenter/tesla/mig-user-guide/supported-mig-profiles.html",
  "lgipp-h100":
    "nvidia-smi mig -lgipp on H100, quoted in Google Dataproc's GPU init script (2024-12-20), and in transcripts of H100 NVL",
  "lgip-h100-80":
    "nvidia-smi mig -lgip on H100-80GB, jbarrow.ai/field_notes/nvidia-mig (updated 2026-06-11)",
  "lgip-h100-94": "nvidia-smi mig -lgip on H100 NVL 94GB (public transcript)",
  "lgip-h200": "github.com/NVIDIA/mig-parted/issues/120 (nvidia-smi mig -lgip on H200)",
  "h200-sm": "table of multiprocessors per MIG profile of H200 in a public cuBLASLt study",
  "lgip-b200": "github.com/NVIDIA/mig-parted/pull/166 (2025-01-29) and /pull/187 (2025-03-20)",
  "lgip-gb200":
    "github.com/NVIDIA/gpu-operator/pull/1303 (2025-03-01); github.com/NVIDIA/mig-parted/issues/227",
  "lgip-rtx6000":
    "github.com/GoogleCloudPlatform/container-engine-accelerators/pull/564 (2026-02-04); github.com/bigstack-oss/cubecos/issues/312",
  "lgipp-rtx6000": "nvidia-smi mig -lgip and -lgipp on RTX PRO 6000 (public transcript)",
  "gke-accel":
    "GoogleCloudPlatform/container-engine-accelerators@992db81 partition_gpu/partition_gpu.go (profile numbers, counts)",
  "go-nvml-mock":
    "NVIDIA/go-nvml@2f9e261 pkg/nvml/mock/gpus/{a30,a100}.go (its H100, H200 and B200 tables differ from real hardware and are not used)",
  "k8s-test-infra":
    "NVIDIA/k8s-test-infra@3b2b865 deployments/nvml-mock/helm/nvml-mock/profiles/*.yaml (mock defaults, not measurements)",
  aic: "ai-dynamo/aiconfigurator@095f58a aic-core/src/aiconfigurator_core/systems/*.yaml (NVIDIA, Apache-2.0)",
  "nvidia-smi":
    "memory that nvidia-smi reports: github.com/modal-labs/modal-client/pull/2797 (2025-01-23: T4, A10, L4, L40S, A100, H100), github.com/NVIDIA/DCGM/issues/232 (A10G), github.com/vllm-project/vllm/issues/7553 (RTX 4090), transcripts in public repositories (H200, B200)",
  "stas-acc": "stas00/ml-engineering@744d01e compute/accelerator/README.md",
  "stas-net": "stas00/ml-engineering@744d01e network/README.md",
  lightning:
    "Lightning-AI/pytorch-lightning@0810121 src/lightning/fabric/utilities/throughput.py (_CUDA_FLOPS, each entry cites the NVIDIA datasheet)",
  "hf-cat": "huggingface.co/RajBhope/gpu-runtime-predictor gpu_catalog.json (third party)",
  hmc: "hmc-tech.com/gpu/nvidia-l4-vs-nvidia-a2 and /nvidia-a16-vs-nvidia-t4 (third party)",
  sysrqmts: "sysrqmts.com GPU comparisons (third party, TechPowerUp-like)",
  cputronic: "cputronic.com/index.php/gpu/compare/nvidia-a2-vs-nvidia-tesla-t4 (third party)",
  grafik:
    "grafikkarten.com/de/news/nvidia-rtx-6000-grafikkarte-der-ada-generation; huggingface.co/datasets/ohdoking/gpu_spec (third party)",
  rtx4090: "waredb.com/processor/nvidia-geforce-rtx-4090; techgoing.com (450 W) (third party)",
  "rtxpro-news":
    "itdaily.com/news/workplace/nvidia-rtx-pro-blackwell and gpu.name (workstation edition: 1792 GB/s, 600 W)",
  nhc: "Azure/azurehpc-health-checks@0e0a1ac conf/*.conf (Azure HPC node acceptance thresholds)",
  "azhpc-topo": "Azure/azhpc-images@8e9d055 topology/{ndv4,ndv5,ncv4,ndv2}-topo.xml",
  azai: "Azure/ai-infrastructure-on-azure@a01b073 skills/slurm/{sku_performance_baseline,nccl_allreduce_test,rack_topology}/SKILL.md",
  azdocs:
    "MicrosoftDocs/azure-compute-docs articles/virtual-machines/sizes/gpu-accelerated/*.md (+includes)",
  "price-az":
    "skypilot-org/skypilot-catalog catalogs/v6/azure/vms.csv @098741e (Azure retail prices, USD/h Linux PAYG; snapshot date not stated in the file)",
  "price-aws-cb": "EC2 Capacity Blocks pricing page (rates valid until 2025-01-01)",
  "price-aws-news":
    "usage.ai/blogs/aws (2026-06-30): June 2025 cut of up to 45% on P5 on-demand; costnimbus.com (Mar 2026): ~$3.90/GPU-h; conflicting: digiterialabs.com ($98.32->$80.62 on 2026-01-15)",
  "dstack-4110":
    "github.com/dstackai/dstack/pull/4110 (2026-08-06): p5en.48xlarge as AWS offered it that day",
  "factualminds-ec2": "factualminds.com: Amazon EC2 On-Demand Pricing (2026-06-17)",
  torchx: "meta-pytorch/torchx@3297a6e torchx/specs/named_resources_aws.py",
  "aws-batch-gpu": "docs.aws.amazon.com/batch/latest/userguide/gpu-jobs.html",
  "aks-gpu":
    "MicrosoftDocs/azure-stack-docs AKS-Arc/deploy-gpu-node-pool.md and AKS-Arc/includes/supported-gpu-models.md (2025-03-25)",
  "azl-gpu": "MicrosoftDocs/azure-stack-docs azure-local/manage/gpu-preparation.md (2026-02-11)",
  "aks-bm":
    "MicrosoftDocs/azure-stack-docs AKS-Arc/aks-bare-metal-{overview,system-requirements,preview-limitations}.md (2026-06-01)",
  "aic-nccl":
    "ai-dynamo/aiconfigurator@095f58a aic-core/src/aiconfigurator_core/systems/data/*/comm/nccl/*/nccl_perf.parquet (NVIDIA, Apache-2.0)",
  "nccl-topo": "NVIDIA/nccl@5067397 src/graph/topo.h, src/graph/search.cc, src/include/graph.h",
  "nccl-209": "github.com/NVIDIA/nccl/issues/209 (2019)",
  "nccl-671": "github.com/NVIDIA/nccl/issues/671 (2022-04-15): topology file of a DGX-1 with V100",
  "nccl-1505": "github.com/NVIDIA/nccl/issues/1505 (2024-11-06): nvidia-smi topo -m of a DGX A100",
  "recipes-dgx":
    "kubernetes.recipes/recipes/ai/dgx-h100-nvidia-smi-topo-kubernetes (third party): nvidia-smi topo -m of a DGX H100",
  "kaito-sku": "kaito-project/kaito@056b828 pkg/sku/{azure,arc,aws}_sku_handler.go",
  flash: "flashgenius.net NCP-AII guide (third party): DGX power",
  gb300pow:
    "NVIDIA Mission Control GB300 rack-planning example, via stas00/ml-engineering compute/accelerator/README.md",
} as const;

/** Key of a source. */
export type SourceId = keyof typeof SOURCES;

/** Where an entry of a user's own file comes from. */
export interface GivenSource {
  /** The file, as the person named it. */
  readonly file: string;
  /** What the file says of the figures: an invoice, a data sheet, a measurement. */
  readonly text: string;
}

/** A list of sources as one sentence for reports: every number of the catalogue can say this of itself. */
export function sourceText(ids: readonly SourceId[]): string {
  const places = ids.map((id) => SOURCES[id]).join("; ");
  return `${places}; read ${SOURCES_READ_ON}`;
}
