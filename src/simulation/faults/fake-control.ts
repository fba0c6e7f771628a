import type { ClusterSpec } from "../../cluster/spec.js";
import { createEngine } from "../../engine/engine.js";
import { createRandomStreams } from "../../engine/streams.js";
import { createJobTableBuilder } from "../../workload/job-table-builder.js";
import type { ClusterControl, ClusterProcess, OutState } from "../batch/cluster-process.js";

/** One thing a process did to the cluster. */
export interface FakeAct {
  readonly timeS: number;
  readonly what: string;
}

/** A cluster without jobs for tests of a process: an engine, and a list of what the process did. */
export interface FakeCluster {
  readonly acts: readonly FakeAct[];
  /** Nodes out of service now, with their state. */
  readonly out: ReadonlyMap<number, OutState>;
  readonly outGpus: ReadonlySet<string>;
  run(process: ClusterProcess, untilS: number): void;
}

/** So many nodes of eight GPUs. */
export function nodesOfEight(count: number): ClusterSpec {
  return {
    nodes: Array.from({ length: count }, (_, index) => ({
      name: `n-${index}`,
      cpuMilli: 64_000,
      memoryBytes: 1e12,
      podsMax: 110,
      gpuCount: 8,
      gpuModel: "gpu",
    })),
  };
}

/** @param seed root of the process's random streams */
export function createFakeCluster(cluster: ClusterSpec, seed: number): FakeCluster {
  const engine = createEngine();
  const streams = createRandomStreams(seed);
  const acts: FakeAct[] = [];
  const out = new Map<number, OutState>();
  const outGpus = new Set<string>();
  const note = (what: string): void => {
    acts.push({ timeS: engine.nowS, what });
  };
  return {
    acts,
    out,
    outGpus,
    run(process, untilS) {
      const kind = engine.defineEvent("moment", "release", (code) => {
        process.happens(code);
      });
      const control: ClusterControl = {
        get nowS() {
          return engine.nowS;
        },
        cluster,
        jobs: createJobTableBuilder().build().jobs,
        hasPlaces: true,
        stream: (name) => streams.stream(name),
        schedule: (timeS, code) => engine.schedule(kind, timeS, code),
        cancel: (moment) => engine.cancel(moment),
        take(node, state) {
          note(`${state} ${node}`);
          out.set(node, state);
        },
        restore(node) {
          note(`back ${node}`);
          out.delete(node);
        },
        takeGpus(node, gpus) {
          note(`failed ${node} gpus ${gpus.join(",")}`);
          for (const gpu of gpus) outGpus.add(`${node}/${gpu}`);
        },
        restoreGpus(node, gpus) {
          note(`back ${node} gpus ${gpus.join(",")}`);
          for (const gpu of gpus) outGpus.delete(`${node}/${gpu}`);
        },
        stateOf: (node) => out.get(node),
        jobsOn: () => [],
        stopJobsOn(node, terms) {
          note(`${terms.reason} ${node}`);
          return [];
        },
        stopJob: () => undefined,
        isRunning: () => false,
        startedS: () => 0,
        lostS: () => 0,
        submit: () => undefined,
        endJob: () => undefined,
        nodesOf: () => [],
        hold: () => undefined,
        release: () => undefined,
      };
      process.start(control);
      engine.run({ untilS, eventsMax: 1_000_000 });
    },
  };
}
