import { expect, test } from "vitest";

import {
  reservationOf,
  reservedCpu,
  reservedMemory,
  systemPoolFaults,
  type ReservedMemory,
} from "./node-overheads.js";

const GIGABYTE = 1e9;

/** What is left in GB as the page counts: 1 Mi of eviction threshold as 1 MB. */
function pageGigabytes(
  bytes: number,
  { kubeReservedBytes, evictionBytes }: ReservedMemory,
): number {
  const eviction = (evictionBytes / 2 ** 20) * 1e6;
  return (bytes - kubeReservedBytes - eviction) / GIGABYTE;
}

test("the page's table of cores, and the line through it", () => {
  const listed = [1, 2, 4, 8, 16, 32, 64].map(reservedCpu);
  expect(listed.map(({ milli }) => milli)).toEqual([60, 100, 140, 180, 260, 420, 740]);
  expect(listed.every(({ isExtrapolated }) => !isExtrapolated)).toBe(true);
  expect(reservedCpu(96)).toEqual({ milli: 1_060, isExtrapolated: true });
  expect(reservedCpu(3)).toEqual({ milli: 120, isExtrapolated: true });
});

test("the page's examples of memory", () => {
  const eight = reservedMemory("aks-1.29", { memoryBytes: 8 * GIGABYTE, maxPods: 30 });
  expect(pageGigabytes(8 * GIGABYTE, eight)).toBeCloseTo(7.25, 9);
  const four = reservedMemory("aks-1.29", { memoryBytes: 4 * GIGABYTE, maxPods: 70 });
  expect(four.kubeReservedBytes).toBe(1_000_000_000);
  const seven = reservedMemory("aks-before-1.29", { memoryBytes: 7 * GIGABYTE, maxPods: 110 });
  const kept = 7 - pageGigabytes(7 * GIGABYTE, seven);
  expect(kept).toBeCloseTo(2.35, 9);
  expect(((kept / 7) * 100).toFixed(2)).toBe("33.57");
});

test("the falling scale has all its steps", () => {
  const { kubeReservedBytes } = reservedMemory("aks-before-1.29", {
    memoryBytes: 228 * GIGABYTE,
    maxPods: 110,
  });
  expect(kubeReservedBytes).toBe((1 + 0.8 + 0.8 + 6.72 + 2) * GIGABYTE);
});

test("Windows takes 2 GB more, agents what is published", () => {
  const node = { cpuMilli: 8_000, memoryBytes: 32 * GIGABYTE, maxPods: 30 };
  const linux = reservationOf("aks-1.29", node);
  const windows = reservationOf("aks-1.29", { ...node, os: "windows" });
  expect(windows.memoryBytes - linux.memoryBytes).toBe(2 * GIGABYTE);
  const arc = reservationOf("aks-1.29", { ...node, agents: ["arc", "fleet-member"] });
  expect(arc.memoryBytes - linux.memoryBytes).toBe(1_060_000_000);
  expect(arc.cpuMilli - linux.cpuMilli).toBe(90);
  expect(arc.pods).toBe(3);
});

test("system pools", () => {
  const good = { nodes: 3, cpuMilli: 8_000, memoryBytes: 32 * GIGABYTE, maxPods: 30 };
  expect(systemPoolFaults(good)).toEqual([]);
  const bad = { nodes: 1, cpuMilli: 2_000, memoryBytes: 3 * GIGABYTE, maxPods: 10 };
  expect(systemPoolFaults(bad)).toHaveLength(4);
});
