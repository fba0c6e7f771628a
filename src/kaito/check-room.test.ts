import { describe, expect, test } from "vitest";

import { checkManifest, type KaitoSetting } from "./check-manifest.js";
import { parseManifests } from "./manifest/parse-manifests.js";

const TEXT = `apiVersion: kaito.sh/v1beta1
kind: Workspace
metadata:
  name: phi
resource:
  labelSelector: { matchLabels: { apps: phi } }
inference:
  preset: { name: phi-4 }
`;

const CLOUD = {
  provisionsNodes: true,
  hasMig: false,
  hasAccelerators: false,
  models: [],
  lenient: false,
};
const OWN_NODES = { ...CLOUD, provisionsNodes: false, hasMig: true, hasAccelerators: true };

function refusals(text: string, setting: Omit<KaitoSetting, "configs"> = CLOUD): string[] {
  const { manifests, configs } = parseManifests([{ file: "w.yaml", text }], { lenient: false });
  return checkManifest(manifests[0]!, { ...setting, configs }).map(({ message }) => message);
}

describe("KAITO's refusals for want of room, and of RAGEngines", () => {
  test("weights that exceed a MIG instance, unless that is passed over", () => {
    const text = TEXT.replace(
      "resource:\n",
      "resource:\n  partition: { mode: mig, profile: 1g.10gb }\n",
    );
    const message =
      "Model phi-4 requires at least 27.31Gi for weights, which exceeds the 1g.10gb MIG slice capacity of 10Gi";
    expect(refusals(text, OWN_NODES)).toEqual([message]);
    const bypassed = text.replace(
      "  name: phi\n",
      "  name: phi\n  annotations: { kaito.sh/bypass-resource-checks: 'true' }\n",
    );
    expect(refusals(bypassed, OWN_NODES)).toEqual([]);
  });

  const node = (more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => ({
    apps: "phi",
    "kubernetes.io/hostname": "n1",
    "nvidia.com/gpu.product": "NVIDIA-L4",
    "nvidia.com/gpu.count": "1",
    "nvidia.com/gpu.memory": "23034",
    ...more,
  });
  const unlabelled = { apps: "phi", "kubernetes.io/hostname": "n2" };
  test.each([
    [
      "none selected",
      [node({ apps: "other" })],
      /^No nodes found matching the specified label selector$/,
    ],
    [
      "no labels of GPUs",
      [node(), unlabelled],
      /^Failed to get GPU config from nvidia labels on node n2: /,
    ],
    [
      "two kinds",
      [node(), node({ "nvidia.com/gpu.product": "NVIDIA-L40S" })],
      /^Non-uniform GPU product: /,
    ],
    [
      "too little memory",
      [node()],
      /^Insufficient total GPU memory: .* total of 22Gi, but preset phi-4 requires at least 27\.31Gi$/,
    ],
    ["enough on two", [node(), node({ "kubernetes.io/hostname": "n3" })], undefined],
  ] as const)("nodes one brings: %s", (_what, nodes, message) => {
    const found = refusals(TEXT, { ...OWN_NODES, nodes });
    if (message === undefined) expect(found).toEqual([]);
    else expect(found).toEqual([expect.stringMatching(message)]);
  });

  const RAG = `apiVersion: kaito.sh/v1beta1
kind: RAGEngine
metadata: { name: rag }
spec:
  compute: { instanceType: Standard_NC24ads_A100_v4, labelSelector: { matchLabels: { apps: rag } } }
  embedding: { local: { modelID: BAAI/bge-small-en-v1.5 } }
  inferenceService: { url: "http://phi/v1/chat", contextWindowSize: 4096 }
`;
  test.each([
    ["as it should be", RAG, undefined],
    [
      "both embeddings",
      RAG.replace("local:", "remote: { url: 'http://e' }, local:"),
      /but not both$/,
    ],
    [
      "no embedding",
      RAG.replace("{ local: { modelID: BAAI/bge-small-en-v1.5 } }", "{}"),
      /not neither$/,
    ],
    ["an address that is none", RAG.replace("http://phi/v1/chat", "phi v1"), /^URL input error/],
    ["no window", RAG.replace("4096", "0"), /^ContextWindowSize must be a positive integer$/],
    ["no machine", RAG.replace(/^ +compute.*\n/m, ""), /^Compute resource must be specified$/],
  ] as const)("a RAGEngine: %s", (_what, text, message) => {
    if (message === undefined) expect(refusals(text)).toEqual([]);
    else expect(refusals(text)).toEqual([expect.stringMatching(message)]);
  });
});
