import { describe, expect, test } from "vitest";

import type { AutoscalerSpec, ScalingView } from "./autoscaler.js";
import { createAutoscaler, kaitoBehavior, kaitoFormula } from "./create-autoscaler.js";
import { replicasByAverageValue, replicasByPodMetric, replicasByValue } from "./replica-count.js";
import { createBehavior, DEFAULT_BEHAVIOR, type ScalingBehavior } from "./scaling-behavior.js";

describe("replicas by metrics, cases of kubernetes replica_calculator_test.go", () => {
  test.each([
    // Shares of 1 000 m against a target of 300 m.
    ["3 pods at 300, 500, 700", 3, { ready: [0.3, 0.5, 0.7], missing: 0, unready: 0 }, 0.3, 5],
    ["the first not ready", 3, { ready: [0.5, 0.7], missing: 0, unready: 1 }, 0.3, 4],
    ["two of 400 not ready", 3, { ready: [0.4], missing: 0, unready: 2 }, 0.3, 3],
    ["5 pods at 28 % of 50 %", 5, { ready: Array(5).fill(0.28), missing: 0, unready: 0 }, 0.5, 3],
    ["within the tolerance", 4, { ready: Array(4).fill(0.54), missing: 0, unready: 0 }, 0.5, 4],
    ["one without a value, down", 4, { ready: [1, 1, 1], missing: 1, unready: 0 }, 4, 2],
    ["one without a value, up", 2, { ready: [8], missing: 1, unready: 0 }, 4, 2],
    ["nobody is ready", 2, { ready: [], missing: 0, unready: 2 }, 4, 2],
  ])("%s", (_, current, values, target, want) => {
    expect(replicasByPodMetric(current, values, target)).toBe(want);
  });

  test("external metrics: 8 600 against 4 400 for one pod, and 2 150 for each of three", () => {
    expect(replicasByValue(1, 1, 8600 / 4400)).toBe(2);
    expect(replicasByAverageValue(3, 8600, 2150)).toBe(4);
    expect(replicasByAverageValue(4, 8600, 2150)).toBe(4);
    expect(replicasByValue(0, 0, 2.5)).toBe(3);
  });
});

const bounds = { min: 1, max: 100 };

describe("behaviour", () => {
  test("down by the larger of 4 pods and 10 % in a minute, from 80 to 10", () => {
    const behavior: ScalingBehavior = {
      ...DEFAULT_BEHAVIOR,
      down: {
        windowS: 0,
        select: "max",
        policies: [
          { type: "pods", value: 4, periodS: 60 },
          { type: "percent", value: 10, periodS: 60 },
        ],
      },
    };
    const state = createBehavior(behavior, bounds);
    const path = [80];
    for (let minute = 0; minute < 30; minute++)
      path.push(state.apply(60 * minute, path.at(-1)!, 10));
    expect(path.slice(0, 4)).toEqual([80, 72, 64, 57]);
    // Below 40, four pods are more than 10 %.
    const below = path.filter((replicas) => replicas < 40 && replicas > 14);
    expect(below.slice(1).every((replicas, at) => below[at]! - replicas === 4)).toBe(true);
    expect(path.at(-1)).toBe(10);
  });

  test("a period counts what was changed in it, every 15 s", () => {
    const state = createBehavior(DEFAULT_BEHAVIOR, bounds);
    expect(state.apply(0, 2, 50)).toBe(6);
    // 5 s later nothing more of the period's 4 is left: doubling counts from 2.
    expect(state.apply(5, 6, 50)).toBe(6);
    expect(state.apply(20, 6, 50)).toBe(12);
  });

  test("shrinking waits until nothing higher was asked for in 5 minutes", () => {
    const state = createBehavior(DEFAULT_BEHAVIOR, bounds);
    const asked = (timeS: number): number => (timeS <= 60 ? 8 : 2);
    let replicas = 8;
    const path: [number, number][] = [];
    for (let timeS = 0; timeS <= 600; timeS += 15) {
      const next = state.apply(timeS, replicas, asked(timeS));
      if (next !== replicas) path.push([timeS, next]);
      replicas = next;
    }
    expect(path).toEqual([[360, 2]]);
  });

  test("growing waits for its window and takes the lowest", () => {
    const up = { ...DEFAULT_BEHAVIOR.up, windowS: 60 };
    const state = createBehavior({ ...DEFAULT_BEHAVIOR, up }, bounds);
    expect([0, 15, 30, 45, 60, 75].map((timeS) => state.apply(timeS, 2, 5))).toEqual([
      2, 2, 2, 2, 5, 5,
    ]);
  });

  test("a disabled direction never moves, and bounds hold", () => {
    const down = { ...DEFAULT_BEHAVIOR.down, select: "disabled" as const, windowS: 0 };
    const state = createBehavior({ ...DEFAULT_BEHAVIOR, down }, { min: 1, max: 9 });
    expect(state.apply(0, 8, 1)).toBe(8);
    expect(state.apply(15, 8, 100)).toBe(9);
  });
});

/** Asks every 15 s what to do with a service of which every replica is ready and has the same values. */
function play(
  spec: AutoscalerSpec,
  min: number,
  max: number,
  first: number,
  untilS: number,
  valueAt: (metric: string, timeS: number, replicas: number) => number,
): readonly (readonly [timeS: number, replicas: number])[] {
  const scaler = createAutoscaler(spec, { min, max });
  let replicas = first;
  const path: [number, number][] = [];
  for (let timeS = 0; timeS <= untilS; timeS += scaler.periodS) {
    const view: ScalingView = {
      ...{ nowS: timeS, replicas, ready: replicas, unready: 0 },
      perReplica: (metric) => Array(replicas).fill(valueAt(metric, timeS, replicas)),
      ofService: (metric) =>
        valueAt(metric, timeS, replicas) * (metric.startsWith("vllm") ? replicas : 1),
    };
    const next = scaler.decide(view);
    if (next !== replicas) path.push([timeS, next]);
    replicas = next;
  }
  return path;
}

const WAITING = "vllm:num_requests_waiting" as const;
const HELD = "gateway:requests_held" as const;
const kaito = {
  kind: "keda-kaito",
  metrics: [{ metric: WAITING, up: 10, down: 2, windowS: 300 }],
  evaluationS: 60,
  scaleUpCooldownS: 300,
  scaleDownCooldownS: 300,
  periodS: 15,
} as const;

describe("keda-kaito-scaler", () => {
  test.each([
    [true, [{ value: 11, up: 10, down: 2 }], 2],
    [false, [{ value: 11, up: 10, down: 2 }], 1],
    [true, [{ value: 10, up: 10, down: 2 }], 1],
    [true, [{ value: 1, up: 10, down: 2 }], 0.5],
    [false, [{ value: 1, up: 10, down: 2 }], 0.5],
    [
      true,
      [
        { value: 11, up: 10, down: 2 },
        { value: 1, up: 5, down: 2 },
      ],
      1,
    ],
  ])("ready %s, %o: ratio %d", (isReady, metrics, want) => {
    expect(kaitoFormula(isReady, metrics)).toBe(want);
  });

  test("grows by one after a minute over the threshold, then by one per 5 minutes", () => {
    expect(play(kaito, 1, 4, 1, 1500, () => 20)).toEqual([
      [60, 2],
      [360, 3],
      [660, 4],
    ]);
  });

  test("shrinks by one after 5 minutes below, then by one per 5 minutes", () => {
    expect(play(kaito, 1, 4, 4, 1500, () => 0)).toEqual([
      [300, 3],
      [600, 2],
      [900, 1],
    ]);
  });

  test("between the thresholds nothing changes", () => {
    expect(play(kaito, 1, 4, 2, 1500, () => 5)).toEqual([]);
  });

  test("wakes at the look after the first held request, and sleeps 5 minutes after the last one", () => {
    const zero = {
      activation: [{ metric: HELD, above: 0 }],
      deactivation: [{ metric: "vllm:num_requests_running" as const, atMost: 0 }],
      pollingS: 15,
      cooldownS: 300,
    };
    const path = play({ ...kaito, zero }, 0, 2, 0, 1500, (metric, timeS, replicas) => {
      const isBusy = timeS >= 100 && timeS < 400;
      if (metric === HELD) return isBusy && replicas === 0 ? 3 : 0;
      return metric === WAITING ? 5 : isBusy ? 1 : 0;
    });
    expect(path).toEqual([
      [105, 1],
      [690, 0],
    ]);
  });

  test("its HPA", () => {
    expect(kaitoBehavior(kaito).up).toEqual({
      windowS: 60,
      select: "max",
      policies: [{ type: "pods", value: 1, periodS: 300 }],
    });
  });
});

describe("KEDA", () => {
  const trigger = {
    metric: WAITING,
    target: 4,
    per: "replica",
    windowS: 60,
    activation: 0,
  } as const;
  const held = { ...trigger, metric: HELD } as const;
  const keda = {
    kind: "keda",
    triggers: [trigger, held],
    behavior: DEFAULT_BEHAVIOR,
    periodS: 15,
    pollingS: 30,
    cooldownS: 300,
  } as const;

  test("goes to zero a cooldown after the last activity and wakes at a poll", () => {
    const path = play(keda, 0, 5, 1, 945, (metric, timeS, replicas) => {
      if (metric === HELD) return timeS >= 610 && replicas === 0 ? 2 : 0;
      return timeS > 0 && timeS < 120 ? 4 : 0;
    });
    expect(path).toEqual([
      [390, 0],
      [630, 1],
      [930, 0],
    ]);
  });

  test("from one replica on it is an HPA", () => {
    const path = play(keda, 1, 5, 1, 60, (metric) => (metric === HELD ? 0 : 12));
    expect(path[0]).toEqual([0, 3]);
  });
});

test("HPA: of several metrics the one that asks for most counts", () => {
  const spec = {
    kind: "hpa",
    metrics: [
      { metric: WAITING, target: 4, per: "replica", windowS: 60 },
      { metric: "requests_per_second", target: 2, per: "replica", windowS: 60 },
    ],
    behavior: DEFAULT_BEHAVIOR,
    periodS: 15,
  } as const;
  const path = play(spec, 1, 10, 2, 30, (metric) => (metric === WAITING ? 4 : 7));
  expect(path).toEqual([[0, 4]]);
});
