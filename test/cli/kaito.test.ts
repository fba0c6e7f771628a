import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import { headroom, temporaryFolder } from "./headroom.js";

const WORKSPACE = `apiVersion: kaito.sh/v1beta1
kind: Workspace
metadata:
  name: coder
resource:
  instanceType: Standard_NC24ads_A100_v4
  labelSelector: { matchLabels: { apps: coder } }
inference:
  preset: { name: qwen2.5-coder-32b-instruct }
`;

function fileWith(text: string, name = "w.yaml"): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, text);
  return path;
}

describe("headroom kaito nodes", () => {
  test("says how many nodes and how vLLM is spread over them", () => {
    const { exitCode, stdout, stderr } = headroom(["kaito", "nodes", fileWith(WORKSPACE)]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toContain("Workspace coder: 2 nodes");
    expect(stdout).toContain("tensor parallel 1, pipeline parallel 2");
  });

  test("gives one object for one manifest, and a sum for several", () => {
    const file = fileWith(WORKSPACE);
    const one = JSON.parse(headroom(["kaito", "nodes", file, "--json"]).stdout) as object;
    expect(one).toMatchObject({
      nodes: 2,
      estimator: "v0.12.0",
      model: { used: "Qwen/Qwen2.5-Coder-32B-Instruct", substituted: false },
      lints: [],
    });
    const two = headroom([
      "kaito",
      "nodes",
      file,
      file,
      "--json",
      "--estimator",
      "main-2026-08-26",
    ]);
    expect(JSON.parse(two.stdout)).toMatchObject({
      nodes: 2,
      manifests: [{ nodes: 1 }, { nodes: 1 }],
    });
  });

  test("nodes one brings come from kubectl, and only ready ones count", () => {
    const labels = {
      apps: "coder",
      "nvidia.com/gpu.product": "A100",
      "nvidia.com/gpu.count": "4",
      "nvidia.com/gpu.memory": "81920",
    };
    const node = (ready: string): object => ({
      metadata: { labels },
      status: { conditions: [{ type: "Ready", status: ready }] },
    });
    const manifest = fileWith(WORKSPACE.replace("  instanceType: Standard_NC24ads_A100_v4\n", ""));
    const nodes = fileWith(JSON.stringify({ items: [node("True"), node("False")] }), "nodes.json");
    const { stdout } = headroom(["kaito", "nodes", manifest, "--byo", nodes, "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ nodes: 1, gpu: { gpus: 4, memoryGi: 320 } });
    const none = fileWith(JSON.stringify({ items: [node("False")] }), "nodes.json");
    const refused = headroom(["kaito", "nodes", manifest, "--byo", none]);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain("no ready nodes found, unable to determine GPU configuration");
  });

  test("a model outside the catalogue takes its config.json", () => {
    const manifest = fileWith(WORKSPACE.replace("qwen2.5-coder-32b-instruct", "acme/small"));
    const config = fileWith(
      JSON.stringify({
        architectures: ["LlamaForCausalLM"],
        text_config: {
          hidden_size: 4096,
          num_hidden_layers: 32,
          num_attention_heads: 32,
          num_key_value_heads: 8,
        },
        max_position_embeddings: 8192,
      }),
      "config.json",
    );
    const given = headroom([
      "kaito",
      "nodes",
      manifest,
      "--json",
      "--model-config",
      `acme/small=${config}:15GiB`,
    ]);
    expect(JSON.parse(given.stdout)).toMatchObject({
      nodes: 1,
      model: { used: "acme/small", substituted: false },
    });
    const missing = headroom(["kaito", "nodes", manifest]);
    expect(missing.exitCode).toBe(2);
    expect(missing.stderr).toContain("--model-config acme/small=config.json:SIZE");
    const empty = fileWith("{}", "config.json");
    const refused = headroom([
      "kaito",
      "nodes",
      manifest,
      "--model-config",
      `acme/small=${empty}:15GiB`,
    ]);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain(
      "config.json has none of num_attention_heads, n_head, n_heads",
    );
  });

  test.each([
    [
      "an unknown estimator",
      ["--estimator", "v0.12"],
      /there is no estimator "v0\.12".*v0\.12\.0/s,
    ],
    ["a size without unit", ["--model-config", "a/b=c.json:15"], /--model-config/],
  ])("%s", (_what, options, message) => {
    const { exitCode, stderr } = headroom(["kaito", "nodes", fileWith(WORKSPACE), ...options]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
  });

  test("an instance type nobody knows", () => {
    const file = fileWith(WORKSPACE.replace("NC24ads_A100_v4", "NC25ads_A100_v4"));
    const { exitCode, stderr } = headroom(["kaito", "nodes", file]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("failed to get GPU config for instance type Standard_NC25ads_A100_v4");
    expect(stderr).toContain("Standard_NC24ads_A100_v4");
  });
});

test("headroom kaito lint is silent about a good manifest", () => {
  const { exitCode, stdout } = headroom(["kaito", "lint", fileWith(WORKSPACE)]);
  expect({ exitCode, stdout }).toEqual({
    exitCode: 0,
    stdout: "1 manifest: nothing KAITO would refuse.\n",
  });
});

test("headroom kaito models and skus list what there is", () => {
  const models = JSON.parse(headroom(["kaito", "models", "--json"]).stdout) as readonly object[];
  expect(models).toHaveLength(60);
  expect(headroom(["kaito", "skus", "p5"]).stdout).toContain("p5.48xlarge");
});
