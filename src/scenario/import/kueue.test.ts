import { describe, expect, test } from "vitest";

import { KUEUE } from "./testing/cluster-files.js";
import { CLUSTER, imported, problemsOf, resolved, whyOf } from "./testing/read-import.js";

describe("Kueue", () => {
  test("queues, cohorts and flavors become quotas that the scenario parser accepts", () => {
    const { text, ignored } = imported(KUEUE);
    const { policy } = resolved(text, `${CLUSTER}policy: { placement: pack }\n`);
    expect(policy.queue).toEqual({ name: "fair-share", options: { queueBy: "tenant" } });
    expect(policy.quotas).toMatchObject({
      flavors: [{ name: "h100", gpuModel: "H100 SXM5-80GB" }],
      cohorts: [{ name: "research", parent: "company" }],
      queues: [
        {
          name: "vision",
          cohort: "research",
          strategy: "strict-fifo",
          held: true,
          fungibility: { whenCanBorrow: "use-flavor", whenCanPreempt: "try-next-flavor" },
          preemption: {
            withinQueue: "lower-priority",
            reclaimWithinCohort: "any",
            borrowWithinCohort: { policy: "lower-priority", maxPriorityThreshold: 100 },
          },
          groups: [
            {
              resources: ["cpu", "memory", "gpu"],
              flavors: [
                {
                  flavor: "h100",
                  resources: [
                    { resource: "cpu", nominal: 96_500 },
                    { resource: "memory", nominal: 2 ** 40 },
                    { resource: "gpu", nominal: 8_000, borrowingLimit: 4_000 },
                  ],
                },
              ],
            },
          ],
        },
        { name: "nlp", fairWeight: 0.5, fungibility: { preference: "preemption" } },
      ],
    });
    expect(policy.quotas!.queues[1]!.groups[0]!.flavors[0]!.resources).toEqual([
      { resource: "gpu", nominal: 8_000, lendingLimit: 2_000 },
    ]);
    expect(policy.quotas!.fairSharing).toBeUndefined();
    expect(whyOf(ignored)).toEqual([
      "6 ResourceFlavor h100: spec.nodeLabels pool",
      "15 ClusterQueue vision: resourceGroups[0].coveredResources ephemeral-storage",
      "29 ClusterQueue vision: spec.admissionChecks",
      "50 LocalQueue queue",
      "54 WorkloadPriorityClass high",
    ]);
  });

  test("the manager's Configuration turns fair sharing on, in both versions", () => {
    const manager = (body: string): string =>
      `${KUEUE}---\napiVersion: config.kueue.x-k8s.io/v1beta1\nkind: Configuration\n${body}`;
    const quotasOf = (text: string) =>
      resolved(imported(text).text, `${CLUSTER}policy: { placement: pack }\n`).policy.quotas!;
    expect(
      quotasOf(
        manager("fairSharing: { enable: true, preemptionStrategies: [LessThanInitialShare] }\n"),
      ).fairSharing,
    ).toEqual({ strategies: ["less-than-initial-share"] });
    expect(quotasOf(manager("fairSharing: {}\n")).fairSharing).toEqual({});
    expect(quotasOf(manager("fairSharing: { enable: false }\n")).fairSharing).toBeUndefined();
  });

  const flavor = (name: string, product: string): string =>
    `apiVersion: kueue.x-k8s.io/v1beta2\nkind: ResourceFlavor\nmetadata: { name: ${name} }\nspec: { nodeLabels: { ${product} } }\n---\n`;
  const queue = (flavors: string, more = ""): string =>
    `apiVersion: kueue.x-k8s.io/v1beta2\nkind: ClusterQueue\nmetadata: { name: q }\nspec:\n  resourceGroups:\n    - coveredResources: [nvidia.com/gpu]\n      flavors: [${flavors}]\n${more}`;
  const quota = (name: string, gpus: number): string =>
    `{ name: ${name}, resources: [{ name: nvidia.com/gpu, nominalQuota: ${gpus} }] }`;

  test("flavors of one model stay apart, and CPU may have a flavor of its own", () => {
    const text = `${flavor("spot", '"nvidia.com/gpu.product": NVIDIA-L4')}${flavor("fixed", '"nvidia.com/gpu.product": NVIDIA-L4')}${flavor("t4", '"nvidia.com/gpu.product": Tesla-T4')}${queue(
      [quota("spot", 2), quota("fixed", 3), quota("t4", 5)].join(", "),
      "    - coveredResources: [cpu]\n      flavors: [{ name: any, resources: [{ name: cpu, nominalQuota: 9 }] }]\n",
    )}`;
    const { text: part, ignored, notes } = imported(text);
    const { quotas } = resolved(part, `${CLUSTER}policy: { placement: pack }\n`).policy;
    expect(quotas!.flavors).toEqual([
      { name: "spot", gpuModel: "L4" },
      { name: "fixed", gpuModel: "L4" },
      { name: "t4", gpuModel: "T4" },
      { name: "any" },
    ]);
    expect(quotas!.queues[0]!.groups).toEqual([
      {
        resources: ["gpu"],
        flavors: [
          { flavor: "spot", resources: [{ resource: "gpu", nominal: 2_000 }] },
          { flavor: "fixed", resources: [{ resource: "gpu", nominal: 3_000 }] },
          { flavor: "t4", resources: [{ resource: "gpu", nominal: 5_000 }] },
        ],
      },
      {
        resources: ["cpu"],
        flavors: [{ flavor: "any", resources: [{ resource: "cpu", nominal: 9_000 }] }],
      },
    ]);
    expect(ignored).toEqual([]);
    expect(notes.join("\n")).toContain('"spot" and "fixed" are both L4');
  });

  test.each([
    ["an amount that is none", KUEUE.replace("96500m", "many"), "f:19:42 not-a-quantity"],
    ["GPUs in parts", KUEUE.replace('"8"', '"500m"'), "f:45:65 not-a-quantity"],
    ["a word Kueue does not know", KUEUE.replace("StrictFIFO", "Strict"), "f:13:21 unknown-name"],
    [
      "another version",
      KUEUE.replace("io/v1beta1\nkind: Cl", "io/v9\nkind: Cl"),
      "f:8:13 unknown-version",
    ],
    [
      "several flavors without a model",
      `${flavor("a", "x: y")}${flavor("b", "x: z")}${queue(`${quota("a", 1)}, ${quota("b", 1)}`)}`,
      "f:1:1 missing-gpu",
    ],
    ["no queue", flavor("a", "x: y"), "f:1:1 missing-object"],
    ["broken YAML", `${KUEUE}---\na: [`, "f:59:4 yaml-syntax"],
  ])("%s is refused at its place", (_what, text, problem) => {
    expect(problemsOf(text)[0]).toBe(problem);
  });
});
