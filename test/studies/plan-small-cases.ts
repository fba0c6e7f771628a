import { createRandomStreams } from "../../src/engine/streams.js";

/** A small scenario with a plan, drawn from a seed: few jobs, one or two kinds of node, goals of every kind. */
export function smallPlanScenario(seed: number): string {
  const stream = createRandomStreams(seed).stream("plan");
  const pick = <Item>(items: readonly Item[]): Item => items[stream.integerBelow(items.length)]!;
  const jobs = Array.from({ length: 8 + stream.integerBelow(18) }, (_, index) => {
    const wide = stream.uniform() < 0.25;
    const size = wide
      ? `workers: ${1 + stream.integerBelow(3)}, gpus: 4`
      : `gpus: ${pick([1, 1, 2, 4])}`;
    const model = stream.uniform() < 0.3 ? ", gpuModels: [H100]" : "";
    return `    - {id: j${index}, submit: ${stream.integerBelow(7200)}s, duration: ${60 + stream.integerBelow(5400)}s, ${size}${model}}`;
  });
  const two = stream.uniform() < 0.6;
  const goals = [
    `{metric: jobs.waitS.p95, atMost: ${pick([10, 30, 60, 90])}m}`,
    `{metric: jobs.waitS.max, atMost: ${pick([60, 120, 180])}m}`,
    `{metric: jobs.waitS.mean, atMost: ${pick([5, 20])}m}`,
    `{metric: jobs.jctS.p95, atMost: ${pick([100, 150, 200])}m}`,
    `{metric: jobs.waitS.p50, atMost: ${pick([5, 20])}m}`,
  ];
  const chosen = goals.filter(() => stream.uniform() < 0.5);
  if (chosen.length === 0) chosen.push(goals[0]!);
  const queues = pick([
    ["fifo-skip"],
    ["fifo-strict", "sjf"],
    ["{name: easy-backfill, estimate: duration}", "smallest-first"],
  ]);
  return `schema: headroom/scenario/v1
name: small-${seed}
cluster:
  nodes:
    - {name: a, count: 1, gpu: H100 SXM, gpus: 4, cpu: 64, memory: 512GiB}
${two ? "    - {name: b, count: 1, gpu: L40S, gpus: 4, cpu: 64, memory: 512GiB}\n" : ""}workload:
  jobs:
${jobs.join("\n")}
policy: {queue: fifo-skip, placement: ${pick(["pack", "spread", "first-fit"])}}
cost:
  nodes:
    - {name: a, perHour: ${pick([2, 3, 5])}}
${two ? `    - {name: b, perHour: ${pick([1, 2])}}\n` : ""}goals:
${chosen.map((goal) => `  - ${goal}`).join("\n")}
plan:
  decide:
    - {path: "cluster.nodes[a].count", range: {from: 0, to: 5}}
${two ? '    - {path: "cluster.nodes[b].count", range: {from: 0, to: 3}}\n' : '    - {path: "cluster.nodes[a].pods", values: [110, 2]}\n'}    - {path: policy.queue, values: [${queues.join(", ")}]}
  horizon: 1y
  growth: {max: 1.01}
  replications: {first: 4}
${stream.uniform() < 0.3 ? "  survive: {nodes: 1}\n" : ""}`;
}
