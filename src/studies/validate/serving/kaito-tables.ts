import { findEstimator } from "../../../kaito/estimators.js";
import { findModel } from "../../../kaito/find-model.js";
import {
  type GpuConfig,
  gpuConfigOfAccelerators,
  gpuConfigOfMig,
  KaitoRefusal,
} from "../../../kaito/gpu-config.js";
import { findGpuSku } from "../../../kaito/gpu-skus.js";
import type { ModelSpec } from "../../../kaito/model-spec.js";
import { parallelismOf } from "../../../kaito/parallelism.js";
import type { Check } from "../check.js";

const GPU: GpuConfig = { name: "test", gpus: 4, memoryGi: 320, gpuModel: "NVIDIA A100" };

function sized(weightsGi: number): ModelSpec {
  return {
    name: "test-model",
    architecture: "LlamaForCausalLM",
    weightsGi,
    tokenLimit: 131_072,
    layers: 1,
    hiddenSize: 1,
    heads: 1,
    kvHeads: 1,
  };
}

/** KAITO's own six: size, node, nodes, and what must come of it; the cache offload only where the test asks for it. */
const PARALLELISM_CASES: readonly {
  readonly what: string;
  readonly weightsGi: number;
  readonly gpu: GpuConfig;
  readonly nodes: number;
  readonly expected: string;
  readonly withOffload: boolean;
}[] = [
  {
    what: "8 GiB on 4 GPUs of 320 GiB",
    weightsGi: 8,
    gpu: GPU,
    nodes: 1,
    expected: "DP 4, TP 1, PP 1, offload 0",
    withOffload: true,
  },
  {
    what: "20 GiB on 4 GPUs of 160 GiB, half a GPU exactly",
    weightsGi: 20,
    gpu: { ...GPU, memoryGi: 160 },
    nodes: 1,
    expected: "DP 1, TP 4, PP 1",
    withOffload: false,
  },
  {
    what: "64 GiB on 4 GPUs of 320 GiB",
    weightsGi: 64,
    gpu: GPU,
    nodes: 1,
    expected: "DP 1, TP 4, PP 1",
    withOffload: false,
  },
  {
    what: "256 GiB on two nodes",
    weightsGi: 256,
    gpu: GPU,
    nodes: 2,
    expected: "DP 1, TP 4, PP 2",
    withOffload: false,
  },
  {
    what: "8 GiB on two nodes: no copies across nodes",
    weightsGi: 8,
    gpu: GPU,
    nodes: 2,
    expected: "DP 1, TP 4, PP 2",
    withOffload: false,
  },
  {
    what: "8 GiB on a MIG instance",
    weightsGi: 8,
    gpu: gpuConfigOfMig("2g.24gb"),
    nodes: 1,
    expected: "DP 1, TP 1, PP 1, offload 0",
    withOffload: true,
  },
];

/** KAITO's own tests of how GPUs share a model. */
export function parallelismChecks(commit: string): readonly Check[] {
  return PARALLELISM_CASES.map((one, index) => {
    const spread = parallelismOf(sized(one.weightsGi), one.gpu, one.nodes);
    const offload = one.withOffload ? `, offload ${spread.cpuCacheShare}` : "";
    const actual = `DP ${spread.dataParallel}, TP ${spread.tensorParallel}, PP ${spread.pipelineParallel}${offload}`;
    return exact(
      `kaito-parallelism/${index + 1}`,
      `KAITO v0.12.0, parallelism: ${one.what}`,
      `kaito-project/kaito@${commit} pkg/model/interface_test.go`,
      one.expected,
      actual,
    );
  });
}

/** KAITO's own tests of partitions that are some of a node's GPUs. */
export function acceleratorChecks(commit: string): readonly Check[] {
  const node: GpuConfig = { name: "node", gpus: 8, memoryGi: 640, gpuModel: "NVIDIA H100" };
  const answer = (count: number): string => {
    try {
      const { gpus, memoryGi } = gpuConfigOfAccelerators(node, count);
      return `${gpus} GPUs, ${memoryGi} GiB`;
    } catch (error) {
      if (!(error instanceof KaitoRefusal)) throw error;
      return /exceeds GPUs available/.test(error.message)
        ? "refuses: exceeds GPUs available"
        : `refuses: ${error.message}`;
    }
  };
  return (
    [
      [2, "2 GPUs, 160 GiB"],
      [8, "8 GPUs, 640 GiB"],
      [9, "refuses: exceeds GPUs available"],
    ] as const
  ).map(([count, expected], index) =>
    exact(
      `kaito-accelerators/${index + 1}`,
      `KAITO v0.12.0, accelerator partition: ${count} of 8 × 80 GiB`,
      `kaito-project/kaito@${commit} pkg/sku/helpers_test.go`,
      expected,
      answer(count),
    ),
  );
}

/** Columns of the table below: Azure's machines, without `Standard_`. */
const TABLE_SKUS = [
  "NV36ads_A10_v5",
  "NC24ads_A100_v4",
  "NC48ads_A100_v4",
  "NC96ads_A100_v4",
  "ND96asr_A100_v4",
  "NC40ads_H100_v5",
  "NC80adis_H100_v5",
  "ND96isr_H100_v5",
  "ND96isr_H200_v5",
] as const;

/** Nodes by model, in the order of the machines. */
const TABLE: Readonly<Record<string, readonly number[]>> = {
  "llama-3.1-8b-instruct": [1, 1, 1, 1, 1, 1, 1, 1, 1],
  "phi-4": [2, 1, 1, 1, 1, 1, 1, 1, 1],
  "gpt-oss-20b": [2, 1, 1, 1, 1, 1, 1, 1, 1],
  "qwen2.5-coder-32b-instruct": [4, 2, 1, 1, 1, 1, 1, 1, 1],
  "llama-3.3-70b-instruct": [9, 3, 2, 1, 1, 2, 1, 1, 1],
  "gpt-oss-120b": [8, 3, 2, 1, 1, 2, 1, 1, 1],
  "deepseek-r1-0528": [39, 11, 6, 3, 3, 9, 5, 2, 1],
};

/** Nodes of real presets on nine machines, as another implementation of v0.12.0 found them. */
export function derivedTableChecks(): readonly Check[] {
  return Object.entries(TABLE).map(([name, expected]) => {
    const actual = TABLE_SKUS.map((sku) => nodesOf(name, `Standard_${sku}`));
    return exact(
      `kaito-table/${name}`,
      `KAITO v0.12.0, nodes of ${name} on A10, A100 × 1, 2, 4, 8 × 40 GB, H100 × 1, 2, 8, H200 × 8`,
      "an independent implementation of kaito-project/kaito@056b8280 estimator.go, context 2048",
      expected.join(" "),
      actual.join(" "),
    );
  });
}

function nodesOf(name: string, sku: string): number {
  const found = findModel(name);
  return findEstimator("v0.12.0")!.estimate({
    model: found.kind === "found" ? found.model : undefined,
    gpu: findGpuSku(sku),
    countRequested: undefined,
    contextTokens: undefined,
  }).nodes;
}

function exact(id: string, what: string, source: string, expected: string, actual: string): Check {
  return {
    id: `serving/${id}`,
    topic: "serving",
    what,
    source,
    expected,
    actual,
    error: null,
    unit: "",
    bar: 0,
    pass: actual === expected,
  };
}
