import { OVERHEAD_SOURCES, reservedCpu, reservedMemory } from "../../../hardware/node-overheads.js";
import { planSurge } from "../../../simulation/fleet/upgrades/plan-surge.js";
import { updateConcurrency } from "../../../simulation/fleet/upgrades/update-run.js";
import type { Check } from "../check.js";
import { factChecks } from "./fact-check.js";

const GROUP = "Nodes: what is kept of them, and how they are upgraded";
const GIGABYTE = 1e9;

/** Examples of the pages of AKS and Azure Kubernetes Fleet Manager. */
export function overheadChecks(): readonly Check[] {
  return [...reservationChecks(), ...upgradeChecks()];
}

function reservationChecks(): readonly Check[] {
  const eight = reservedMemory("aks-1.29", { memoryBytes: 8 * GIGABYTE, maxPods: 30 });
  const four = reservedMemory("aks-1.29", { memoryBytes: 4 * GIGABYTE, maxPods: 70 });
  const seven = reservedMemory("aks-before-1.29", { memoryBytes: 7 * GIGABYTE, maxPods: 110 });
  // The page counts 1 Mi of the eviction threshold as 1 MB.
  const kept = ({ kubeReservedBytes, evictionBytes }: typeof eight): number =>
    (kubeReservedBytes + (evictionBytes / 2 ** 20) * 1e6) / GIGABYTE;
  const rounded = (value: number): number => Math.round(value * 100) / 100;
  return factChecks(GROUP, OVERHEAD_SOURCES.aks, [
    {
      id: "kept/cpu",
      what: "thousandths of a core kept of 1, 2, 4, 8, 16, 32 and 64 cores",
      expected: "60, 100, 140, 180, 260, 420, 740",
      actual: [1, 2, 4, 8, 16, 32, 64].map((cores) => reservedCpu(cores).milli).join(", "),
    },
    {
      id: "kept/8-gb",
      what: "GB left of 8 GB with 30 pods, Kubernetes 1.29 and newer",
      expected: 7.25,
      actual: rounded(8 - kept(eight)),
    },
    {
      id: "kept/4-gb",
      what: "MB kept of 4 GB with 70 pods before the eviction threshold",
      expected: 1_000,
      actual: four.kubeReservedBytes / 1e6,
    },
    {
      id: "kept/7-gb-before",
      what: "GB kept of 7 GB before Kubernetes 1.29",
      expected: 2.35,
      actual: rounded(kept(seven)),
    },
  ]);
}

function upgradeChecks(): readonly Check[] {
  const settings = { maxUnavailable: { count: 0 }, surgeAvailable: 1_000, kubernetesMinor: 34 };
  const pool = { name: "pool", nodes: 4, slots: { gpu: 8 } };
  const surge = planSurge(pool, { ...settings, maxSurge: { percent: 50 } });
  const five = { ...pool, nodes: 10 };
  const short = (surgeAvailable: number, kubernetesMinor: number): string =>
    planSurge(five, { ...settings, maxSurge: { count: 5 }, surgeAvailable, kubernetesMinor })
      .course;
  const members = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      name: String(index),
      durationS: 1,
      fails: false,
    }));
  const stage = updateConcurrency({
    name: "stage",
    groups: [
      { name: "A", members: members(8), maxConcurrency: { percent: 50 } },
      { name: "B", members: members(12), maxConcurrency: { percent: 25 } },
    ],
    maxConcurrency: { percent: 25 },
    maxAllowedFailures: { count: 0 },
    waitS: 0,
  });
  const rolling = "MicrosoftDocs/azure-aks-docs articles/aks/upgrade-aks-node-pools-rolling.md";
  const options = "MicrosoftDocs/azure-aks-docs articles/aks/upgrade-options.md";
  const runs =
    "MicrosoftDocs/azure-aks-docs articles/kubernetes-fleet/concepts-update-orchestration.md";
  return [
    ...factChecks(GROUP, rolling, [
      {
        id: "upgrade/surge-quota",
        what: "surge nodes of five pools of four nodes at 50 %",
        expected: 10,
        actual: "surge" in surge ? 5 * surge.surge : 0,
      },
      {
        id: "upgrade/surge-of-one",
        what: "5 surge nodes asked for, 4 to be had, Kubernetes 1.35",
        expected: "surge-of-one",
        actual: short(4, 35),
      },
    ]),
    ...factChecks(GROUP, options, [
      {
        id: "upgrade/surge-short",
        what: "5 surge nodes asked for, 4 to be had, Kubernetes 1.34",
        expected: "none",
        actual: short(4, 34),
      },
    ]),
    ...factChecks(GROUP, runs, [
      {
        id: "upgrade/at-once",
        what: "at once in a stage of 20 at 25 %, in A of 8 at 50 %, in B of 12 at 25 %",
        expected: "5, 4, 3",
        actual: [stage.stage, ...stage.groups].join(", "),
      },
    ]),
  ];
}
