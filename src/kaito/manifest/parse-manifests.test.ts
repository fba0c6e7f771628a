import { describe, expect, test } from "vitest";

import { InputError } from "../../diagnostics/problem.js";
import { parseManifests, readManifests } from "./parse-manifests.js";

const WORKSPACE = `apiVersion: kaito.sh/v1beta1
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
  config: phi-args
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: phi-args
data:
  inference_config.yaml: |
    vllm:
      max-model-len: 8192
      swap-space: 4
`;

function problemsOf(text: string, lenient = false): string[] {
  try {
    parseManifests([{ file: "w.yaml", text }], { lenient });
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.problems.map(({ line, rule, message, suggestion }) =>
      [`${line}: ${message} [${rule}]`, ...(suggestion === undefined ? [] : [suggestion])].join(
        " → ",
      ),
    );
  }
}

test("a Workspace and the ConfigMap it names", () => {
  const { manifests, configs, lints } = parseManifests([{ file: "w.yaml", text: WORKSPACE }], {
    lenient: false,
  });
  expect(manifests[0]).toMatchObject({
    kind: "Workspace",
    name: "phi",
    namespace: "default",
    runtime: "vllm",
    replicas: 1,
    instanceType: "Standard_NC24ads_A100_v4",
    presetName: "phi-4",
    configName: "phi-args",
  });
  expect(configs[0]).toMatchObject({
    name: "phi-args",
    vllm: { "max-model-len": "8192", "swap-space": "4" },
    lineOf: { "max-model-len": 22, "swap-space": 23 },
  });
  expect(lints).toEqual([]);
});

test("an InferenceSet asks for its replicas, a RAGEngine for its compute", () => {
  const text = `apiVersion: kaito.sh/v1beta1
kind: InferenceSet
metadata: { name: set }
spec:
  labelSelector: { matchLabels: { apps: set } }
  replicas: 3
  template:
    resource: { instanceType: Standard_NC24ads_A100_v4 }
    inference: { preset: { name: phi-4 } }
---
apiVersion: kaito.sh/v1beta1
kind: RAGEngine
metadata: { name: rag }
spec:
  compute: { instanceType: Standard_NC24ads_A100_v4, labelSelector: { matchLabels: { apps: rag } } }
  embedding: { local: { modelID: BAAI/bge-small-en-v1.5 } }
  inferenceService: { url: "http://phi/v1/completions" }
`;
  const { manifests } = parseManifests([{ file: "w.yaml", text }], { lenient: false });
  expect(manifests).toMatchObject([
    { kind: "InferenceSet", replicas: 3, presetName: "phi-4" },
    { kind: "RAGEngine", replicas: 1, instanceType: "Standard_NC24ads_A100_v4" },
  ]);
});

describe("what the API server would refuse, at its place", () => {
  test.each([
    [
      "a mistyped field",
      ["instanceType: S", "instancetype: S"],
      ['6: unknown field "resource.instancetype" [unknown-field] → instanceType'],
    ],
    ["a field of a later version", ["v1beta1\nkind: Workspace", "v1alpha1\nkind: Workspace"], []],
    [
      "another version",
      ["kaito.sh/v1beta1", "kaito.sh/v1"],
      [
        '1: apiVersion must be one of kaito.sh/v1alpha1, kaito.sh/v1beta1, got "kaito.sh/v1" [unknown-name] → kaito.sh/v1beta1',
      ],
    ],
    [
      "another kind",
      ["kind: Workspace", "kind: Workspaces"],
      [
        '2: kind must be one of Workspace, InferenceSet, RAGEngine, got "Workspaces" [unknown-kind] → Workspace',
      ],
    ],
    [
      "no selector",
      ["  labelSelector:\n    matchLabels:\n      apps: phi\n", ""],
      ["5: resource.labelSelector is required [missing-field]"],
    ],
    [
      "a number where text belongs",
      ["name: phi-4", "name: 4"],
      ["12: inference.preset.name must be text, got 4 [wrong-type]"],
    ],
    [
      "text where a number belongs",
      ["resource:\n", "resource:\n  count: two\n"],
      ['6: resource.count must be a whole number, got "two" [wrong-type]'],
    ],
    [
      "a list where a map belongs",
      ["  preset:\n    name: phi-4", "  preset: [phi-4]"],
      ["11: inference.preset must be a map, got a list [wrong-type]"],
    ],
    [
      "a context that is no number",
      ["max-model-len: 8192", "max-model-len: 8k"],
      [
        '22: vllm.max-model-len must be a whole number of tokens above 0 or auto, got "8k" [wrong-type]',
      ],
    ],
    [
      "arguments that are no map",
      ["    vllm:\n      max-model-len: 8192\n      swap-space: 4\n", "    vllm: fast\n"],
      ["21: inference_config.yaml: vllm must be a map of arguments [wrong-type]"],
    ],
  ])("%s", (_what, [from, to], expected) => {
    expect(WORKSPACE).toContain(from);
    expect(problemsOf(WORKSPACE.replace(from!, to!))).toEqual(expected);
  });

  test.each([
    [
      "labels that are no text",
      ["apps: phi\n", "apps: 5\n"],
      ["9: resource.labelSelector.matchLabels.apps must be text, got 5 [wrong-type]"],
    ],
    [
      "a word that is none of those allowed",
      ["name: phi-4\n", "name: phi-4\n    accessMode: privat\n"],
      [
        '13: inference.preset.accessMode must be one of public, private, got "privat" [unknown-name] → private',
      ],
    ],
  ])("%s", (_what, [from, to], expected) => {
    expect(WORKSPACE).toContain(from);
    expect(problemsOf(WORKSPACE.replace(from!, to!))).toEqual(expected);
  });

  test("what is in order is read beside what is not", () => {
    const text = `${WORKSPACE}---\napiVersion: kaito.sh/v1beta1\nkind: Workspace\nresource: { labelSelector: {}, size: 1 }\n`;
    const { manifests, problems } = readManifests([{ file: "w.yaml", text }], { lenient: false });
    expect(manifests.map(({ name }) => name)).toEqual(["phi"]);
    expect(problems.map(({ path }) => path)).toEqual(["resource.size"]);
  });

  test("a list, as kubectl prints several objects", () => {
    const items = WORKSPACE.split("---\n").map((one) =>
      one.trimEnd().replaceAll("\n", "\n    ").replace(/^/, "  - "),
    );
    const text = `apiVersion: v1\nkind: List\nitems:\n${items.join("\n")}\n`;
    const { manifests, configs } = parseManifests([{ file: "w.yaml", text }], { lenient: false });
    expect(manifests).toMatchObject([{ name: "phi", presetName: "phi-4" }]);
    expect(configs).toMatchObject([{ name: "phi-args" }]);
  });

  test("an InferenceSet hands the annotations of its template on", () => {
    const text = `apiVersion: kaito.sh/v1beta1
kind: InferenceSet
metadata: { name: set }
spec:
  labelSelector: { matchLabels: { apps: set } }
  template:
    metadata: { annotations: { kaito.sh/runtime: transformers } }
    inference: { preset: { name: phi-4 } }
`;
    const { manifests } = parseManifests([{ file: "w.yaml", text }], { lenient: false });
    expect(manifests[0]!.runtime).toBe("transformers");
  });

  test("a file with nothing of KAITO", () => {
    expect(problemsOf("apiVersion: v1\nkind: Pod\n")).toEqual([
      "1: the file has no object of KAITO (kaito.sh): Workspace, InferenceSet, RAGEngine [no-manifest]",
    ]);
  });
});

describe("the non-standard form", () => {
  const ODD = `apiVersion: kaito.sh/v1alpha1
kind: Workspace
metadata:
  name: odd
spec:
  preset:
    name: phi-4
  inference:
    vllm:
      enabled: true
  resource:
    instanceType: Standard_NC24ads_A100_v4
`;

  test("is refused strictly", () => {
    expect(problemsOf(ODD)).toEqual([
      '5: unknown field "spec" [unknown-field]',
      "1: resource is required [missing-field]",
    ]);
  });

  test("is mapped leniently, with the six lints that apply", () => {
    const { manifests, lints } = parseManifests([{ file: "w.yaml", text: ODD }], { lenient: true });
    expect(manifests[0]).toMatchObject({
      presetName: "phi-4",
      instanceType: "Standard_NC24ads_A100_v4",
    });
    expect(lints.map(({ id, path, line }) => [id, path, line])).toEqual([
      ["spec-wrapper", "spec", 5],
      ["preset-place", "spec.preset", 6],
      ["vllm-switch", "spec.inference.vllm", 9],
      ["api-version", "apiVersion", 1],
      ["label-selector", "spec.resource.labelSelector", 11],
      ["nothing-left", "spec", 5],
    ]);
  });

  test("a standard Workspace has no lints", () => {
    expect(parseManifests([{ file: "w.yaml", text: WORKSPACE }], { lenient: true }).lints).toEqual(
      [],
    );
  });

  test("other unknown fields are refused leniently too", () => {
    expect(problemsOf(ODD.replace("instanceType", "instanceTyp"), true)).toEqual([
      '12: unknown field "resource.instanceTyp" [unknown-field] → instanceType',
    ]);
  });
});
