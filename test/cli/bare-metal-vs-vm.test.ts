// The scenario of buying against renting says what its header promises: what is gained, what is lost, and
// which assumption decides.
import { describe, expect, test } from "vitest";

import { headroom, REPOSITORY } from "./headroom.js";

interface Run {
  readonly name: string;
  readonly goals: readonly { readonly id: string; readonly met: boolean }[];
  readonly jobs: {
    readonly completed: number;
    readonly waitS: { readonly p95: number };
    readonly jctS: { readonly mean: number };
  };
  readonly cost: { readonly total: number; readonly periodS: number };
  readonly hosting: { readonly slowdownMean: number; readonly slowdownMax: number };
  readonly nodePools?: {
    readonly pools: readonly {
      readonly nodesUpMax: number;
      readonly nodesUpMean: number;
      readonly nodeHoursUp: number;
      readonly boots: number;
      readonly provisioningMeanS: number;
    }[];
  };
}

interface Document extends Run {
  readonly variants: readonly Run[];
  readonly assumptions: readonly {
    readonly id: string;
    readonly value: string;
    readonly provenance: string;
    readonly source: string;
  }[];
}

const { stdout, exitCode } = headroom(["run", "scenarios/bare-metal-vs-vm.yaml", "--json"], {
  cwd: REPOSITORY,
});
const document = JSON.parse(stdout) as Document;
const variant = (name: string): Run => document.variants.find((one) => one.name === name)!;
const isMet = (run: Run, goal: string): boolean => run.goals.find(({ id }) => id === goal)!.met;

describe("scenarios/bare-metal-vs-vm.yaml", () => {
  test("the bought machines meet both goals", () => {
    expect(exitCode).toBe(0);
    expect(document.goals.map(({ met }) => met)).toEqual([true, true]);
  });

  test("virtual machines that are always there cost a few per cent of speed and bring nothing", () => {
    const rented = variant("20 VMs, always there");
    expect(rented.jobs.jctS.mean).toBeGreaterThan(document.jobs.jctS.mean * 1.01);
    expect(rented.jobs.jctS.mean).toBeLessThan(document.jobs.jctS.mean * 1.15);
    expect(isMet(rented, "cost of the week")).toBe(false);
    expect(document.hosting).toEqual({ slowdownMean: 1, slowdownMax: 1 });
    // Between 1 / 0.97 for jobs that only compute and (1 − 0.3) / 0.97 + 0.3 for the heaviest, plus jitter.
    expect(rented.hosting.slowdownMean).toBeGreaterThan(1.021);
    expect(rented.hosting.slowdownMax).toBeLessThan(1 / 0.97 + 0.002 * 2.72);
  });

  test("elastic ones shorten waits by hours, and are paid for only while they are up", () => {
    const elastic = variant("24 VMs, elastic");
    expect(elastic.jobs.waitS.p95).toBeLessThan(document.jobs.waitS.p95 / 2);
    const [pool] = elastic.nodePools!.pools;
    expect(pool!.nodesUpMax).toBe(24);
    expect(pool!.nodesUpMean).toBeLessThan(20);
    expect(elastic.cost.total / (pool!.nodeHoursUp * 98.32)).toBeCloseTo(1, 9);
    // 284 + 126 + 111 s in the median, 1.046 times that in the mean.
    expect(Math.abs(pool!.provisioningMeanS / (521 * 1.046) - 1)).toBeLessThan(0.05);
  });

  test("the price decides: neither speed, jitter, network nor provisioning time turns the answer", () => {
    const turned = document.variants.filter(
      (one) => one.name.startsWith("24 VMs") && isMet(one, "cost of the week"),
    );
    expect(turned.map(({ name }) => name)).toEqual(["24 VMs, elastic, 20 USD an hour"]);
    for (const one of document.variants.filter(({ name }) => name.startsWith("24 VMs"))) {
      expect(isMet(one, "p95 wait")).toBe(true);
      expect(one.jobs.completed).toBe(document.jobs.completed);
    }
  });

  test("each penalty costs something, in the expected direction", () => {
    const jct = (name: string): number => variant(name).jobs.jctS.mean;
    const usual = jct("24 VMs, elastic");
    expect(jct("24 VMs, elastic, no penalty")).toBeLessThan(usual);
    expect(jct("24 VMs, elastic, slowest published, ten times the jitter")).toBeGreaterThan(usual);
    expect(jct("24 VMs, elastic, network over TCP")).toBeGreaterThan(usual);
    expect(jct("24 VMs, elastic, ready after 30 minutes")).toBeGreaterThan(usual);
  });

  test("the ledger has every number of both kinds of hosting, with provenance", () => {
    const find = (id: string) => document.assumptions.find((one) => one.id === id)!;
    expect(find("hosting:h100:compute-ratio").value).toBe("1");
    expect(find("hosting:h100:compute-ratio#2")).toMatchObject({
      value: "0.97",
      provenance: "assumed",
    });
    expect(find("hosting:h100:jitter#2").value).toContain("0.2 % of a step");
    expect(find("elastic:h100:provisioning#2").source).toContain("kaito#2325");
    expect(find("communication:share:language").provenance).toBe("assumed");
    for (const { id, source } of document.assumptions)
      expect(`${id}: ${source}`).toMatch(/: .{3,}/);
  });
});
