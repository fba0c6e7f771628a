import { expect, test } from "vitest";

import { InputError } from "../../diagnostics/problem.js";
import { checkAzureMl } from "./check-azureml.js";

const TYPE = (resources: string): string => `apiVersion: amlarc.azureml.com/v1alpha1
kind: InstanceType
metadata: { name: gpu-small }
spec:
  nodeSelector: { pool: gpu }
  resources:
${resources}
`;
const GOOD = TYPE(`    requests: { cpu: "2", memory: 16Gi }
    limits: { cpu: "4", memory: 32Gi, nvidia.com/gpu: 1 }`);
const QUOTA = `apiVersion: v1
kind: ResourceQuota
metadata: { name: team, namespace: vision }
spec: { hard: { requests.cpu: "64", requests.memory: 256Gi, requests.nvidia.com/gpu: "4", pods: "50" } }
`;
const VOLCANO = (plugins: string): string => `apiVersion: v1
kind: ConfigMap
metadata: { name: volcano-scheduler-configmap }
data:
  volcano-scheduler.conf: |
    actions: "enqueue, allocate, backfill"
    tiers:
      - plugins: [{ name: priority }, { name: gang }]
      - plugins: [${plugins}]
`;

const check = (text: string, scalesFromZero = false) =>
  checkAzureMl([{ file: "azureml.yaml", text }], { scalesFromZero });

test("an instance type is read, and a namespace has room for as many as its quota allows", () => {
  const { instanceTypes, fits } = check(`${GOOD}---\n${QUOTA}`);
  expect(instanceTypes).toEqual([
    {
      name: "gpu-small",
      requestsCpu: 2,
      requestsMemoryBytes: 16 * 2 ** 30,
      limitsCpu: 4,
      limitsMemoryBytes: 32 * 2 ** 30,
      gpus: 1,
    },
  ]);
  expect(fits).toEqual([
    {
      namespace: "vision",
      quota: "team",
      instanceType: "gpu-small",
      instances: 4,
      limitedBy: "requests.nvidia.com/gpu",
    },
  ]);
});

test.each([
  [`    limits: { cpu: "4", memory: 32Gi }`, "spec.resources.requests.cpu is missing"],
  [
    `    requests: { cpu: 0, memory: 1Gi }\n    limits: { cpu: 1, memory: 1Gi }`,
    "must be an amount above zero, got 0",
  ],
  [
    `    requests: { cpu: 1, memory: 1Gi, nvidia.com/gpu: 1 }\n    limits: { cpu: 1, memory: 1Gi }`,
    "GPUs stand in limits only",
  ],
  [
    `    requests: { cpu: 1, memory: 1Gi }\n    limits: { cpu: 1, memory: 1Gi, nvidia.com/gpu: 500m }`,
    "must be a whole number of GPUs",
  ],
  [
    `    requests: { cpu: 2, memory: 1Gi }\n    limits: { cpu: 1, memory: 1Gi }`,
    "is below the request",
  ],
])("refused: %s", (resources, message) => {
  expect(() => check(TYPE(resources))).toThrowError(InputError);
  try {
    check(TYPE(resources));
  } catch (error) {
    const messages = (error as InputError).problems.map((problem) => problem.message);
    expect(messages.join("\n")).toContain(message);
    expect((error as InputError).problems[0]!.line).toBeGreaterThan(0);
  }
});

test("a file without anything of AzureML is refused", () => {
  expect(() => check("kind: Pod\n")).toThrowError("nothing of AzureML was found");
});

test("Volcano with overcommit or proportion never asks for the first node of an empty pool", () => {
  const both = check(VOLCANO("{ name: overcommit }, { name: proportion }"), true).lints;
  expect(both).toHaveLength(1);
  expect(both[0]!.message).toContain("overcommit and proportion let a job into the queue only");
  const warm = check(`${GOOD}---\n${VOLCANO("{ name: overcommit }")}`).lints;
  expect(warm).toEqual([]);
  const without = check(`${GOOD}---\n${VOLCANO("{ name: drf }")}`, true).lints;
  expect(without).toEqual([]);
});
