import { describe, expect, test } from "vitest";

import { checkManifest, type KaitoSetting } from "./check-manifest.js";
import { parseManifests } from "./manifest/parse-manifests.js";

const TEXT = `apiVersion: kaito.sh/v1beta1
kind: Workspace
metadata:
  name: phi
resource:
  instanceType: Standard_NC24ads_A100_v4
  labelSelector:
    matchLabels:
      apps: phi
inference:
  preset:
    name: phi-4
  config: args
---
apiVersion: v1
kind: ConfigMap
metadata: { name: args }
data:
  inference_config.yaml: "vllm: { max-model-len: 8192 }"
`;

const CLOUD = {
  provisionsNodes: true,
  hasMig: false,
  hasAccelerators: false,
  models: [],
  lenient: false,
};
const OWN_NODES = { ...CLOUD, provisionsNodes: false, hasMig: true, hasAccelerators: true };
/** A tuning KAITO takes. */
const TUNING = `tuning:
  preset: { name: phi-4 }
  method: lora
  input: { urls: ['https://acme.test/x.parquet'] }
  output: { image: acme/out:1, imagePushSecret: push }
`;
const TYPE = "  instanceType: Standard_NC24ads_A100_v4\n";

function refusals(text: string, setting: Omit<KaitoSetting, "configs"> = CLOUD): string[] {
  const { manifests, configs } = parseManifests([{ file: "w.yaml", text }], { lenient: false });
  return checkManifest(manifests[0]!, { ...setting, configs }).map(({ message, suggestion }) =>
    suggestion === undefined ? message : `${message} → ${suggestion}`,
  );
}

/** The text with replacements, each of which must apply. */
function changed(...pairs: readonly (readonly [string, string])[]): string {
  let text = TEXT;
  for (const [from, to] of pairs) {
    expect(text).toContain(from);
    text = text.replace(from, to);
  }
  return text;
}

test("a Workspace as it should be", () => {
  expect(refusals(TEXT)).toEqual([]);
});

describe("KAITO's refusals", () => {
  const inference = "inference:\n  preset:\n    name: phi-4\n  config: args\n";
  test.each([
    [
      "neither inference nor tuning",
      changed([inference, ""]),
      /^Either Inference or Tuning must be specified, not neither$/,
    ],
    [
      "both",
      changed([inference, `${inference}${TUNING}`]),
      /^Either Inference or Tuning must be specified, but not both$/,
    ],
    [
      "no preset",
      changed(["  preset:\n    name: phi-4\n", ""]),
      /^Preset or Template must be specified$/,
    ],
    [
      "preset and template",
      changed(["  config: args", "  template: {}"]),
      /^Preset and Template cannot be set at the same time$/,
    ],
    [
      "an unknown preset",
      changed(["phi-4", "phi-4x"]),
      /^Unsupported inference preset name phi-4x.* → phi-4$/,
    ],
    [
      "a preset of former days",
      changed(["phi-4", "phi-2"]),
      /^Model phi-2 is deprecated and no longer supported$/,
    ],
    [
      "a model outside the catalogue",
      changed(["phi-4", "some/model"]),
      /^some\/model is not in the catalogue/,
    ],
    [
      "another runtime",
      changed(["  name: phi\n", "  name: phi\n  annotations: { kaito.sh/runtime: vlm }\n"]),
      /got "vlm" → vllm$/,
    ],
    [
      "transformers on two nodes",
      changed(
        ["  name: phi\n", "  name: phi\n  annotations: { kaito.sh/runtime: transformers }\n"],
        ["resource:\n", "resource:\n  count: 2\n"],
        ["phi-4", "llama-3.3-70b-instruct"],
      ),
      /^Multi-node distributed inference is not supported with Huggingface/,
    ],
    [
      "no instance type",
      changed([TYPE, ""]),
      /^instanceType is required when node auto-provisioning is enabled$/,
    ],
    [
      "an unknown instance type",
      changed(["Standard_NC24ads_A100_v4", "p4d.24xlarg"]),
      /^Unsupported instance type p4d\.24xlarg\. Supported SKUs: .* → p4d\.24xlarge$/,
    ],
    [
      "a context beyond the model's",
      changed(["8192", "20000"]),
      /^max-model-len 20000 exceeds model's maximum supported context window 16384/,
    ],
    [
      "eleven adapters",
      changed([
        "  config: args",
        `  adapters: [${Array.from({ length: 11 }, () => "{ strength: '1' }").join(", ")}]`,
      ]),
      /maximum of 10 allowed, got 11$/,
    ],
    [
      "an expression other than In",
      changed([
        "    matchLabels:\n      apps: phi",
        "    matchExpressions: [{ key: a, operator: Exists }]",
      ]),
      /^Only allow matchLabels or 'IN' matchExpression, got "Exists"$/,
    ],
    [
      "only reserved labels",
      changed(["apps: phi", "kaito.sh/workspace: other"]),
      /^matchLabels must contain at least one non-reserved label$/,
    ],
    [
      "a partition of provisioned nodes",
      changed([TYPE, `${TYPE}  partition: { mode: mig, profile: 1g.10gb }\n`]),
      /^GPU partitioning is only supported with BYO nodes/,
    ],
    [
      "tuning on two nodes",
      changed([inference, TUNING], ["resource:\n", "resource:\n  count: 2\n"]),
      /^Tuning does not currently support multinode configurations/,
    ],
    [
      "tuning by another method",
      changed([inference, TUNING.replace("lora", "full")]),
      /^Method must be one of lora, qlora, got "full"$/,
    ],
    [
      "tuning without what to learn from",
      changed([
        inference,
        TUNING.replace("  input: { urls: ['https://acme.test/x.parquet'] }\n", ""),
      ]),
      /^missing field\(s\): Input$/,
    ],
    [
      "tuning from two sources",
      changed([inference, TUNING.replace("input: { urls", "input: { image: acme/data:1, urls")]),
      /^Exactly one of URLs, Volume, or Image must be specified$/,
    ],
    [
      "tuning into an image nobody may push",
      changed([inference, TUNING.replace(", imagePushSecret: push", "")]),
      /^Must specify imagePushSecret with destination image$/,
    ],
    [
      "two adapters of one name",
      changed(["  config: args", "  adapters: [{ source: { name: a } }, { source: { name: a } }]"]),
      /^Duplicate adapter source name found: a$/,
    ],
    [
      "a name that is no label",
      changed(["  name: phi\n", "  name: Phi_4\n"]),
      /^a lowercase RFC 1123 label .* got "Phi_4"$/,
    ],
    [
      "an expression with two values",
      changed([
        "    matchLabels:\n      apps: phi",
        "    matchExpressions: [{ key: a, operator: In, values: [b, c] }]",
      ]),
      /^operator "In" without a single value cannot be converted/,
    ],
    [
      "too little memory for Transformers",
      changed(
        ["  name: phi\n", "  name: phi\n  annotations: { kaito.sh/runtime: transformers }\n"],
        ["Standard_NC24ads_A100_v4", "Standard_NV36ads_A10_v5"],
      ),
      /^Insufficient total GPU memory: Instance type Standard_NV36ads_A10_v5 has a total of 24Gi, but preset phi-4 requires at least 27.31Gi$/,
      "and the runtime cannot spread it",
    ],
  ] satisfies readonly (readonly [string, string, RegExp, string?])[])(
    "%s",
    (_what, text, message, more?) => {
      const found = refusals(text);
      expect(found[0]).toMatch(message);
      expect(found).toHaveLength(more === undefined ? 1 : 2);
    },
  );

  const partition = (fields: string): string => changed([TYPE, `  partition: { ${fields} }\n`]);
  test.each([
    [
      "an instance type on nodes one brings",
      TEXT,
      OWN_NODES,
      /^instanceType must be empty when node auto-provisioning is disabled/,
    ],
    [
      "MIG without its gate",
      partition("mode: mig, profile: 1g.10gb"),
      { ...OWN_NODES, hasMig: false },
      /^MIG support is not enabled, set feature gate enableMIG=true$/,
    ],
    [
      "an unknown profile",
      partition("mode: mig, profile: 1g.11gb"),
      OWN_NODES,
      /^profile must be one of .*got "1g\.11gb" → 1g\./,
    ],
    [
      "a count with MIG",
      partition("mode: mig, profile: 1g.10gb, count: 2"),
      OWN_NODES,
      /^count is only valid for accelerator mode$/,
    ],
    [
      "a profile with accelerators",
      partition("mode: accelerator, profile: 1g.10gb, count: 2"),
      OWN_NODES,
      /^profile is not valid for accelerator mode$/,
    ],
    [
      "no accelerators",
      partition("mode: accelerator, count: 0"),
      OWN_NODES,
      /^count must be at least 1, got 0$/,
    ],
    [
      "another mode",
      partition("mode: mps"),
      OWN_NODES,
      /^unsupported partition mode "mps", supported modes are "mig" and "accelerator"$/,
    ],
  ])("%s", (_what, text, setting, message) => {
    expect(refusals(text, setting)).toEqual([expect.stringMatching(message)]);
  });

  test("Azure's families pass the check though nobody knows the type", () => {
    expect(refusals(changed(["Standard_NC24ads_A100_v4", "Standard_NC9999"]))).toEqual([]);
  });
});
