// Retrieval before generation, as a person runs it: scenarios/rag-assistant.yaml and the same without `rag`.
import { expect, test } from "vitest";

import { headroom } from "./headroom.js";

interface Latency {
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
}

interface Outcome {
  readonly decision: string;
  readonly name?: string;
  readonly assumptions: readonly { readonly id: string; readonly what: string }[];
  readonly goals: readonly { readonly id: string; readonly actual: number }[];
  readonly serving: {
    readonly requests: number;
    readonly finished: number;
    readonly open: number;
    readonly ttftS: Latency;
    readonly promptTokens: number;
    readonly services: readonly {
      readonly verdict: string;
      readonly stages?: readonly {
        readonly name: string;
        readonly seconds: number;
        readonly servers: number;
        readonly waitS: Latency;
        readonly busyShare: number;
        readonly cpuCores: number;
      }[];
    }[];
  };
}

const SHORT = ["--set", "workload.services[0].traffic.duration=4m"];

function run(...more: readonly string[]): Outcome & { readonly variants: readonly Outcome[] } {
  const args = ["run", "scenarios/rag-assistant.yaml", "--json", ...SHORT, ...more];
  const { stdout, stderr } = headroom(args);
  expect(stderr.replace(/^! Pods for search .*\n/u, "")).toBe("");
  return JSON.parse(stdout) as Outcome & { readonly variants: readonly Outcome[] };
}

test("users wait for embedding, search and the longer prompt; without retrieval nothing of it is in the result", () => {
  const rag = run();
  const bare = run("--set", "variants=[]", "--set", "workload.services[0].rag=null");
  expect(bare.serving.services[0]).not.toHaveProperty("stages");
  expect(rag.serving.requests).toBe(bare.serving.requests);
  expect(rag.serving.finished).toBe(rag.serving.requests);
  expect(rag.serving.promptTokens - bare.serving.promptTokens).toBe(2560 * rag.serving.requests);
  const { stages = [] } = rag.serving.services[0]!;
  expect(stages.map(({ name }) => name)).toEqual(["embedding", "search"]);
  const least = stages.reduce((sum, { seconds, waitS }) => sum + seconds + waitS.mean, 0);
  // What is longer than the stages is the longer prompt.
  expect(rag.serving.ttftS.mean).toBeGreaterThan(bare.serving.ttftS.mean + least);
  expect(rag.goals.find(({ id }) => id === "first-token-p95")!.actual).toBe(rag.serving.ttftS.p95);
  // 2 million vectors of 768 numbers of 4 bytes at 100 GB/s.
  expect(stages[1]!.seconds).toBeCloseTo(0.06144, 9);
  expect(rag.variants[0]!.serving.ttftS.p50).toBeLessThan(rag.serving.ttftS.p50);
  expect(rag.variants[1]!.serving.promptTokens).toBeLessThan(rag.serving.promptTokens);
  for (const figure of ["Overhead of one embedding", "Computation of a CPU core"])
    expect(rag.assumptions.some(({ what }) => what.startsWith(figure))).toBe(true);
});

test("given times are taken as they are, and a stage that cannot keep up makes the service overloaded", () => {
  const path = "workload.services[0].rag";
  const { serving } = run(
    ...["--set", "variants=[]", "--set", `${path}.embedding={time: 900ms, concurrency: 1}`],
    ...["--set", `${path}.search={time: 10ms, cores: 2, replicas: 3}`],
  );
  const [service] = serving.services;
  const [embedding, search] = service!.stages!;
  expect(embedding).toMatchObject({ seconds: 0.9, servers: 1, cpuCores: 0 });
  expect(search).toMatchObject({ seconds: 0.01, servers: 3, cpuCores: 6 });
  expect(embedding!.busyShare).toBeGreaterThan(0.99);
  expect(service!.verdict).toBe("overloaded");
  expect(serving.ttftS.p95).toBeGreaterThan(30);
});

test("requests that are still in a stage when the run ends are open", () => {
  const { serving } = run(
    ...["--set", "variants=[]", "--set", "run.until=1m"],
    ...["--set", "workload.services[0].rag.embedding={time: 30s}"],
    ...["--set", "workload.services[0].rag.search={time: 1s}"],
  );
  // One is through at 31 s at the earliest; nearly all others wait.
  expect(serving.finished).toBeLessThanOrEqual(2);
  expect(serving.open).toBeGreaterThan(40);
  expect(serving.open + serving.finished).toBe(serving.requests);
});

test("on the cluster the stages take cores and memory of its nodes, and pods without a place are in the decision", () => {
  const path = "workload.services[0].rag";
  const on = ["--set", "variants=[]", "--set", `${path}.onCluster=true`];
  const stagesOf = ({ serving }: Outcome): readonly unknown[] =>
    serving.services[0]!.stages!.map((stage) => (stage as { pods?: unknown }).pods);
  // 24 cores: two replicas of 4, one of 16.
  const fits = run(...on);
  expect(stagesOf(fits)).toEqual([
    { wanted: 2, placed: 2, missingS: 0 },
    { wanted: 1, placed: 1, missingS: 0 },
  ]);
  expect(fits.decision).not.toContain("Not counted");
  const search = `${path}.search={vectors: 2000000, cores: 16, replicas: 2}`;
  const lacks = run(...on, "--set", search);
  expect(stagesOf(lacks)[1]).toMatchObject({ wanted: 2, placed: 1 });
  expect(lacks.decision).toContain(
    "1 of 2 pods for search of service “assistant” have no place on it",
  );
});
