import { describe, expect, test } from "vitest";

import { InputError } from "../diagnostics/problem.js";
import { parseScenario } from "./parse-scenario.js";
import { resolveScenario } from "./resolve-scenario.js";

const scenario = (quotas: string): string => `schema: headroom/scenario/v1
name: quotas
cluster:
  nodes:
    - { name: h100, count: 2, gpu: H100 SXM, gpus: 8, cpu: 96, memory: 1TiB }
workload:
  jobs:
    - { id: a, submit: 0s, duration: 1h, gpus: 8, tenant: vision }
policy:
  placement: pack
  queue:
    name: fair-share
    quotas: ${quotas}
`;
const quotasOf = (text: string) =>
  resolveScenario(parseScenario({ file: "s.yaml", text: scenario(text) })).base.policy.quotas;
function problemsOf(text: string) {
  try {
    quotasOf(text);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}
const group = (resources: string, flavor = "f"): string => {
  const names = [...resources.matchAll(/resource: (\w+)/g)].map((match) => match[1]).join(", ");
  return `{ resources: [${names}], flavors: [{ flavor: ${flavor}, resources: [${resources}] }] }`;
};

describe("quotas of a scenario", () => {
  test("amounts become whole units and flavors know their GPU model", () => {
    const resources =
      "{ resource: gpu, nominal: 1.5, borrowingLimit: 2 }, { resource: cpu, nominal: 500m }, { resource: memory, nominal: 1GiB }, { resource: pods, nominal: 3 }";
    expect(
      quotasOf(
        `{ flavors: [{ name: f, gpu: H100 SXM }], queues: [{ name: vision, cohort: c, groups: [${group(resources)}] }], fairSharing: {} }`,
      ),
    ).toEqual({
      resources: [
        { name: "gpu", unit: "gpu-milli" },
        { name: "cpu", unit: "cpu-milli" },
        { name: "memory", unit: "bytes" },
        { name: "pods", unit: "count" },
      ],
      flavors: [{ name: "f", gpuModel: "H100 SXM5-80GB" }],
      queues: [
        {
          name: "vision",
          cohort: "c",
          groups: [
            {
              resources: ["gpu", "cpu", "memory", "pods"],
              flavors: [
                {
                  flavor: "f",
                  resources: [
                    { resource: "gpu", nominal: 1500, borrowingLimit: 2000 },
                    { resource: "cpu", nominal: 500 },
                    { resource: "memory", nominal: 1_073_741_824 },
                    { resource: "pods", nominal: 3 },
                  ],
                },
              ],
            },
          ],
        },
      ],
      fairSharing: {},
    });
  });

  test.each([
    [
      "an amount that cannot be read",
      `{ flavors: [{ name: f }], queues: [{ name: q, groups: [${group("{ resource: memory, nominal: 64 }")}] }] }`,
      "policy.queue.quotas.queues[0].groups[0].flavors[0].resources[0].nominal",
    ],
    [
      "a limit without a cohort",
      `{ flavors: [{ name: f }], queues: [{ name: q, groups: [${group("{ resource: gpu, nominal: 4, borrowingLimit: 1 }")}] }] }`,
      "policy.queue.quotas.queues[0].groups[0].flavors[0].resources[0].borrowingLimit",
    ],
    [
      "a flavor nobody declared",
      `{ flavors: [{ name: f }], queues: [{ name: q, groups: [${group("{ resource: gpu, nominal: 4 }", "g")}] }] }`,
      "policy.queue.quotas.queues[0].groups[0].flavors[0]",
    ],
    [
      "two flavors of which one has no model",
      `{ flavors: [{ name: f, gpu: H100 SXM }, { name: g }], queues: [{ name: q, groups: [${group("{ resource: gpu, nominal: 4 }")}] }, { name: p, groups: [${group("{ resource: gpu, nominal: 4 }", "g")}] }] }`,
      "policy.queue.quotas.flavors[1]",
    ],
    [
      "an unknown model",
      `{ flavors: [{ name: f, gpu: H1000 }], queues: [{ name: q, groups: [${group("{ resource: gpu, nominal: 4 }")}] }] }`,
      "policy.queue.quotas.flavors[0].gpu",
    ],
  ])("%s is refused at its place", (_what, text, path) => {
    expect(problemsOf(text).map((problem) => [problem.rule, problem.path, problem.line])).toEqual([
      ["bad-quotas", path, 13],
    ]);
  });

  test("flavors of one model, and one for CPU without a model", () => {
    const text = `{ flavors: [{ name: f, gpu: H100 SXM }, { name: g, gpu: H100-80GB-HBM3 }, { name: hosts }], queues: [{ name: q, groups: [${group("{ resource: gpu, nominal: 4 }")}, ${group("{ resource: cpu, nominal: 8 }", "hosts")}] }, { name: p, groups: [${group("{ resource: gpu, nominal: 4 }", "g")}] }] }`;
    expect(quotasOf(text)!.flavors).toEqual([
      { name: "f", gpuModel: "H100 SXM5-80GB" },
      { name: "g", gpuModel: "H100 SXM5-80GB" },
      { name: "hosts" },
    ]);
  });

  test("a policy without quotas refuses them", () => {
    const text = scenario("{}").replace("name: fair-share", "name: fifo-skip");
    expect(() => parseScenario({ file: "s.yaml", text })).toThrow(/quotas/);
  });
});
