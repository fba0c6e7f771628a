import { didYouMean } from "../diagnostics/did-you-mean.js";
import type { GpuConfig } from "./gpu-config.js";

/** A provider whose instance types KAITO, or we, have a table for. */
export type SkuPack = "azure" | "aws" | "arc" | "headroom";

/** One instance type. */
export interface GpuSku extends GpuConfig {
  readonly pack: SkuPack;
}

/** Where each table was read. */
export const SKU_PACK_SOURCES: Readonly<Record<SkuPack, string>> = {
  azure: "kaito-project/kaito@056b8280 pkg/sku/azure_sku_handler.go",
  aws: "kaito-project/kaito@056b8280 pkg/sku/aws_sku_handler.go",
  arc: "kaito-project/kaito@056b8280 pkg/sku/arc_sku_handker.go",
  headroom:
    "servers KAITO has no table for; memory as on the cards (hardware catalogue), usable as nodes one brings",
};

type Row = readonly [names: readonly string[], gpuModel: string, gpus: number, memoryGi: number];

const sizes = (family: string, list: readonly string[]): string[] =>
  list.map((size) => `${family}.${size}`);

const AZURE: readonly Row[] = [
  [["Standard_NV36ads_A10_v5"], "NVIDIA A10", 1, 24],
  [["Standard_NV72ads_A10_v5"], "NVIDIA A10", 2, 48],
  [["Standard_NC24ads_A100_v4"], "NVIDIA A100", 1, 80],
  [["Standard_NC48ads_A100_v4"], "NVIDIA A100", 2, 160],
  [["Standard_NC96ads_A100_v4"], "NVIDIA A100", 4, 320],
  [["Standard_ND96asr_A100_v4"], "NVIDIA A100", 8, 320],
  [["Standard_ND96amsr_A100_v4"], "NVIDIA A100", 8, 640],
  [["Standard_NC40ads_H100_v5", "Standard_NCC40ads_H100_v5"], "NVIDIA H100", 1, 94],
  [["Standard_NC80adis_H100_v5"], "NVIDIA H100", 2, 188],
  [["Standard_ND96isr_H100_v5"], "NVIDIA H100", 8, 640],
  [["Standard_ND96isr_H200_v5"], "NVIDIA H200", 8, 1128],
  [["Standard_NG32ads_V620_v1", "Standard_NG32adms_V620_v1"], "AMD Radeon PRO V620", 1, 32],
];

const AWS: readonly Row[] = [
  [["p4d.24xlarge"], "NVIDIA A100", 8, 320],
  [["p4de.24xlarge"], "NVIDIA A100", 8, 640],
  [["p5.48xlarge"], "NVIDIA H100", 8, 640],
  [["p5e.48xlarge", "p5en.48xlarge"], "NVIDIA H200", 8, 1128],
  [sizes("g6", ["xlarge", "2xlarge", "4xlarge", "8xlarge", "16xlarge"]), "NVIDIA L4", 1, 24],
  [sizes("gr6", ["4xlarge", "8xlarge"]), "NVIDIA L4", 1, 24],
  [sizes("g6", ["12xlarge", "24xlarge"]), "NVIDIA L4", 4, 96],
  [["g6.48xlarge"], "NVIDIA L4", 8, 192],
  [sizes("g5", ["xlarge", "2xlarge", "4xlarge", "8xlarge", "16xlarge"]), "NVIDIA A10G", 1, 24],
  [sizes("g5", ["12xlarge", "24xlarge"]), "NVIDIA A10G", 4, 96],
  [["g5.48xlarge"], "NVIDIA A10G", 8, 192],
  [sizes("g4ad", ["xlarge", "2xlarge", "4xlarge"]), "AMD Radeon Pro V520", 1, 8],
  [["g4ad.8xlarge"], "AMD Radeon Pro V520", 2, 16],
  [["g4ad.16xlarge"], "AMD Radeon Pro V520", 4, 32],
  [["trn1.2xlarge"], "AWS Trainium", 1, 32],
  [["trn1.32xlarge", "trn1n.32xlarge"], "AWS Trainium", 16, 512],
  [sizes("inf2", ["xlarge", "8xlarge"]), "AWS Inferentia2", 1, 32],
  [["inf2.24xlarge"], "AWS Inferentia2", 6, 192],
  [["inf2.48xlarge"], "AWS Inferentia2", 12, 384],
];

const ARC: readonly Row[] = [
  [["Standard_NC4_A2", "Standard_NC8_A2"], "NVIDIA A2", 1, 16],
  [["Standard_NC16_A2", "Standard_NC32_A2"], "NVIDIA A2", 2, 32],
  [["Standard_NC4_A16", "Standard_NC8_A16"], "NVIDIA A16", 1, 16],
  [["Standard_NC16_A16", "Standard_NC32_A16"], "NVIDIA A16", 2, 32],
];

const OURS: readonly Row[] = ([1, 2, 4, 8] as const).flatMap((gpus): Row[] => [
  [[`L4-${gpus}x`], "NVIDIA L4", gpus, 24 * gpus],
  [[`L40S-${gpus}x`], "NVIDIA L40S", gpus, 48 * gpus],
  [[`RTX-6000-Ada-${gpus}x`], "NVIDIA RTX 6000 Ada", gpus, 48 * gpus],
  [[`RTX-PRO-6000-${gpus}x`], "NVIDIA RTX PRO 6000", gpus, 96 * gpus],
]);

/** Every instance type of every pack. */
export const GPU_SKUS: readonly GpuSku[] = [
  ...expand("azure", AZURE),
  ...expand("aws", AWS),
  ...expand("arc", ARC),
  ...expand("headroom", OURS),
];

function expand(pack: SkuPack, rows: readonly Row[]): GpuSku[] {
  return rows.flatMap(([names, gpuModel, gpus, memoryGi]) =>
    names.map((name) => ({ pack, name, gpuModel, gpus, memoryGi })),
  );
}

/** Looks an instance type up, as KAITO does without regard to letter case. */
export function findGpuSku(name: string): GpuSku | undefined {
  const folded = name.toLowerCase();
  return GPU_SKUS.find((sku) => sku.name.toLowerCase() === folded);
}

/** The instance type that was probably meant. */
export function nearestGpuSku(name: string): string | undefined {
  return didYouMean(
    name,
    GPU_SKUS.map((sku) => sku.name),
  );
}
