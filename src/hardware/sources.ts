/** When the sources below were read; they may have moved on. */
export const SOURCES_READ_ON = "2026-11-21";

/** Where the figures of the catalogue were read: repository, commit and path, or a page. */
export const SOURCES = {
  "mig-guide": "docs.nvidia.com/datacenter/tesla/mig-user-guide/supported-mig-profiles.html",
  "k8s-test-infra":
    "NVIDIA/k8s-test-infra@3b2b865 deployments/nvml-mock/helm/nvml-mock/profiles/*.yaml (mock defaults, not measurements)",
  aic: "ai-dynamo/aiconfigurator@095f58a aic-core/src/aiconfigurator_core/systems/*.yaml (NVIDIA, Apache-2.0)",
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
  "kaito-sku": "kaito-project/kaito@056b828 pkg/sku/{azure,arc,aws}_sku_handler.go",
  flash: "flashgenius.net NCP-AII guide (third party): DGX power",
  gb300pow:
    "NVIDIA Mission Control GB300 rack-planning example, via stas00/ml-engineering compute/accelerator/README.md",
} as const;

/** Key of a source. */
export type SourceId = keyof typeof SOURCES;

/** A list of sources as one sentence for reports: every number of the catalogue can say this of itself. */
export function sourceText(ids: readonly SourceId[]): string {
  const places = ids.map((id) => SOURCES[id]).join("; ");
  return `${places}; read ${SOURCES_READ_ON}`;
}
