import { expect, test } from "vitest";

import { parseScenario } from "../scenario/parse-scenario.js";
import { resolveScenario } from "../scenario/resolve-scenario.js";
import { runConfiguration } from "../studies/run/run-configuration.js";
import { configurationOf } from "../studies/run/run-scenario.js";
import { scheduleTrace } from "./schedule-trace.js";

const SCENARIO = `schema: headroom/scenario/v1
name: traced
cluster: { nodes: [{ name: a, count: 2, gpu: H100 SXM, gpus: 2, cpu: 96, memory: 1TiB }] }
workload:
  jobs:
    - { id: gang, submit: 0s, duration: 10s, workers: 2, gpus: 2, tenant: one }
    - { id: late, submit: 1s, duration: 5s, gpus: 1, tenant: two }
    - { id: host, submit: 0s, duration: 3s, gpus: 0, cpu: 4, tenant: two }
    - { id: never, submit: 0s, duration: 3s, gpus: 2, workers: 3 }
policy: { queue: fifo-skip, placement: pack }
`;

test("a slice on every GPU a job holds, from its start to its end; names of nodes and counters", () => {
  const { base } = resolveScenario(parseScenario({ file: "s.yaml", text: SCENARIO }));
  if (base.workload.kind !== "jobs") throw new Error("the scenario has jobs");
  const { jobs } = base.workload;
  const loaded = { resolved: base, jobs, services: [], workloadWarnings: [], jobsWith: () => jobs };
  const { run } = runConfiguration(configurationOf(loaded), 1);
  const text = [...scheduleTrace(run, base.cluster, jobs.count)].join("");
  const { traceEvents } = JSON.parse(text) as { traceEvents: Record<string, unknown>[] };
  const slices = traceEvents.filter(({ ph }) => ph === "X");
  const of = (name: string) => slices.filter((slice) => slice["name"] === name);
  expect(of("gang").map(({ pid, tid, ts, dur }) => [pid, tid, ts, dur])).toEqual([
    [1, 1, 0, 10e6],
    [1, 2, 0, 10e6],
    [2, 1, 0, 10e6],
    [2, 2, 0, 10e6],
  ]);
  expect(of("late")).toMatchObject([{ ts: 10e6, dur: 5e6, args: { waitedS: 9, tenant: "two" } }]);
  expect(of("host")).toHaveLength(1);
  expect(of("never")).toHaveLength(0);
  const names = traceEvents.filter(({ name }) => name === "process_name");
  expect(names.map(({ args }) => (args as { name: string }).name)).toEqual([
    "a-000",
    "a-001",
    "cluster",
  ]);
  expect(traceEvents.filter(({ ph }) => ph === "C").length).toBeGreaterThan(2);
});
