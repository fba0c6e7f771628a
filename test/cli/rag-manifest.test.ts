// Retrieval by the manifest of a RAGEngine, and what is wrong with one.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

import { headroom, temporaryFolder } from "./headroom.js";

const MANIFEST = [
  "apiVersion: kaito.sh/v1beta1",
  "kind: RAGEngine",
  "metadata: { name: answers }",
  "spec:",
  "  compute: { instanceType: Standard_NC24ads_A100_v4, labelSelector: { matchLabels: { app: rag } } }",
  "  embedding: { local: { modelID: BAAI/bge-small-en-v1.5 } }",
  '  inferenceService: { url: "http://chat/v1/completions", contextWindowSize: 4096 }',
  "",
].join("\n");

const WORKSPACE = [
  "apiVersion: kaito.sh/v1beta1",
  "kind: Workspace",
  "metadata: { name: w }",
  "resource: { instanceType: Standard_NC24ads_A100_v4, labelSelector: { matchLabels: { app: w } } }",
  "inference: { preset: { name: phi-4-mini-instruct } }",
  "",
].join("\n");

function run(manifest: string, rag: string) {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "rag.yaml"), manifest);
  const file = join(folder, "s.yaml");
  writeFileSync(
    file,
    [
      "schema: headroom/scenario/v1",
      "name: s",
      "cluster: { nodes: [{ name: a100, count: 1, sku: Standard_NC24ads_A100_v4 }] }",
      "workload:",
      "  services:",
      "    - name: chat",
      "      model: llama-3.1-8b-instruct",
      `      rag: ${rag}`,
      "      traffic: { preset: azure-2023-conversation, requestsPerSecond: 0.5, duration: 1m }",
      "policy: { queue: fifo-skip, placement: pack }",
      "",
    ].join("\n"),
  );
  return headroom(["run", file, "--json"]);
}

interface Result {
  readonly assumptions: readonly { readonly what: string; readonly value: string }[];
  readonly serving: {
    readonly services: readonly [
      { readonly stages: readonly { readonly what: string; readonly gpus: number }[] },
    ];
  };
}

test("the encoder and the GPU are those of the manifest, and fields of the scenario take their place", () => {
  const search = "search: { vectors: 100000 }";
  const { stdout, stderr } = run(MANIFEST, `{ manifest: rag.yaml, ${search} }`);
  expect(stderr).toBe("");
  const { assumptions, serving } = JSON.parse(stdout) as Result;
  const [embedding, found] = serving.services[0].stages;
  expect(embedding).toMatchObject({ what: "BAAI/bge-small-en-v1.5 on A100 PCIe-80GB", gpus: 1 });
  expect(found!.what).toContain("vectors of 384, flat");
  const line = assumptions.find(({ what }) => what.startsWith("Embedding by the manifest"));
  expect(line!.value).toContain("(Standard_NC24ads_A100_v4)");
  const other = run(MANIFEST, `{ manifest: rag.yaml, embedding: { cores: 4 }, ${search} }`);
  const [onCores] = (JSON.parse(other.stdout) as Result).serving.services[0].stages;
  expect(onCores).toMatchObject({ what: "BAAI/bge-small-en-v1.5 on 4 CPU cores", gpus: 0 });
});

test.each([
  [
    "an encoder nobody here knows",
    MANIFEST.replace("bge-small", "bge-smal"),
    "{ manifest: rag.yaml, search: { vectors: 1000 } }",
    ["rag.yaml:6:", 'Did you mean "BAAI/bge-small-en-v1.5"?'],
  ],
  [
    "an embedding service elsewhere, without its time",
    MANIFEST.replace(
      "local: { modelID: BAAI/bge-small-en-v1.5 }",
      'remote: { url: "http://e/v1" }',
    ),
    "{ manifest: rag.yaml, search: { vectors: 1000 } }",
    ["s.yaml:6:", "the RAGEngine names no encoder"],
  ],
  [
    "no RAGEngine in the file",
    WORKSPACE,
    "{ manifest: rag.yaml, search: { vectors: 1000 } }",
    ["retrieval needs one RAGEngine, the file has 0"],
  ],
  [
    "neither a manifest nor an embedding",
    MANIFEST,
    "{ search: { vectors: 1000 } }",
    ["s.yaml:8:", "has neither embedding nor a manifest of a RAGEngine"],
  ],
  [
    "texts larger than the context",
    MANIFEST,
    "{ manifest: rag.yaml, search: { vectors: 1000 }, topK: 1000, chunkTokens: 1000 }",
    ["leave no room in the model's context of 131072"],
  ],
] as const)("%s is refused", (_what, manifest, rag, messages) => {
  const { exitCode, stderr } = run(manifest, rag);
  expect(exitCode).toBe(2);
  for (const message of messages) expect(stderr).toContain(message);
});
