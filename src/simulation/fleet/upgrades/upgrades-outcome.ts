import type { FleetEvent, FleetPartOutcome, FleetSeries, FleetTable } from "../fleet-part.js";
import type { FleetUpgradeResult, PoolUpgradeResult } from "./fleet-upgrade-result.js";
import { gridOf } from "./series-grid.js";
import { figuresOfUpgrades, isEnded } from "./upgrade-figures.js";
import type { UpgradeEnd, UpgradeResult } from "./upgrade-result.js";

/** Events of one pool that a timeline shows. */
const EVENTS_OF_POOL_MAX = 50;

/** How long lines go on after an upgrade: a share of its time, and at least half an hour. */
const AFTERWARDS = 0.1;
const AFTERWARDS_MIN_S = 1_800;

/** How long after the end of an upgrade its lines go on. Seconds. */
export function shownAfterS(durationS: number): number {
  return durationS * AFTERWARDS + AFTERWARDS_MIN_S;
}

/** Words of the way an upgrade ended, for a table. */
const END_WORDS: Readonly<Record<UpgradeEnd, string>> = {
  done: "done",
  "done-with-blocked-nodes": "done but for blocked nodes",
  stopped: "stopped",
  refused: "refused",
  unfinished: "not over in time",
};

/** Figures, events, lines and tables of upgrades. */
export function outcomeOfUpgrades(
  upgrades: readonly FleetUpgradeResult[],
  durationS: number,
): FleetPartOutcome {
  const figures = new Map<string, number | null>();
  const put = (path: (name: string) => string, of: readonly FleetUpgradeResult[]): void => {
    for (const [name, value] of Object.entries(figuresOfUpgrades(of)))
      figures.set(path(name), value);
  };
  put((name) => `upgrades.${name}`, upgrades);
  for (const one of upgrades) put((name) => `upgrades[${one.upgrade.name}].${name}`, [one]);
  const rows = upgrades.flatMap((one) => one.pools.map((pool) => ({ one, pool })));
  return {
    figures,
    timeline: timelineOf(upgrades),
    series: rows.flatMap(({ one, pool }) => seriesOf(one, pool, durationS)),
    tables: [poolsTable(rows), sparesTable(rows)].filter(
      ({ columns }) => columns[0]!.values.length > 0,
    ),
    warnings: warningsOf(upgrades),
  };
}

function timelineOf(upgrades: readonly FleetUpgradeResult[]): readonly FleetEvent[] {
  const events: FleetEvent[] = [];
  for (const { upgrade, run, pools } of upgrades) {
    for (const stage of run.stages)
      events.push({
        timeS: stage.startS,
        where: upgrade.name,
        kind: "stage-begun",
        what: `stage ${stage.name} begins`,
      });
    for (const { plan, startS, result } of pools) {
      if (result === undefined) continue;
      for (const { atS, what } of result.events.slice(0, EVENTS_OF_POOL_MAX))
        events.push({ timeS: startS + atS, where: plan.pool, kind: "node-upgrade", what });
      if (result.events.length > EVENTS_OF_POOL_MAX)
        events.push({
          timeS: startS + result.durationS,
          where: plan.pool,
          kind: `upgrade-${result.end}`,
          what: result.why,
        });
    }
  }
  return events.sort((left, right) => left.timeS - right.timeS);
}

function seriesOf(
  { upgrade, pools }: FleetUpgradeResult,
  { plan, startS, result }: PoolUpgradeResult,
  durationS: number,
): readonly FleetSeries[] {
  if (result === undefined) return [];
  const id = `${upgrade.name}-${plan.pool}`;
  const endS = Math.min(durationS, startS + result.durationS * (1 + AFTERWARDS) + AFTERWARDS_MIN_S);
  const line = (
    name: string,
    label: string,
    steps: readonly { readonly atS: number; readonly value: number }[],
    unit: string,
    worst: "low" | "high" = "low",
  ): FleetSeries => ({
    id: `${id}-${name}`.replace(/[^A-Za-z0-9-]/g, "-"),
    label,
    unit,
    // Each pool has its own times: lines of two share no chart.
    of: pools.length === 1 ? upgrade.name : `${upgrade.name}/${plan.pool}`,
    ...gridOf(steps, { startS, endS, worst }),
  });
  const { capacity, services } = result;
  const of = (key: "openGpus" | "heldGpus" | "waitingGpus") =>
    capacity.map((step) => ({ atS: step.atS, value: step[key] }));
  return [
    line("open", `${plan.pool}: on nodes that take pods`, of("openGpus"), "GPUs"),
    line("held", `${plan.pool}: held by pods`, of("heldGpus"), "GPUs", "high"),
    line(
      "waiting",
      `${plan.pool}: asked for by pods without a place`,
      of("waitingGpus"),
      "GPUs",
      "high",
    ),
    ...services.map(({ name, ready }) =>
      line(
        `ready-${name}`,
        `${plan.pool}: replicas of ${name} that serve`,
        ready.map(({ atS, replicas }) => ({ atS, value: replicas })),
        "replicas",
      ),
    ),
  ];
}

type Row = { readonly one: FleetUpgradeResult; readonly pool: PoolUpgradeResult };

function poolsTable(rows: readonly Row[]): FleetTable {
  const column = (
    name: string,
    header: string,
    value: (result: UpgradeResult, row: Row) => string | number | null,
    unit?: string,
  ) => ({
    name,
    header,
    ...(unit === undefined ? {} : { unit }),
    values: rows.map((row) => (row.pool.result === undefined ? null : value(row.pool.result, row))),
  });
  const always = (name: string, header: string, value: (row: Row) => string | number | null) => ({
    name,
    header,
    values: rows.map(value),
  });
  return {
    name: "upgrades",
    caption: "What the upgrades did to each pool",
    columns: [
      always("upgrade", "upgrade", ({ one }) => one.upgrade.name),
      always("pool", "pool", ({ pool }) => pool.plan.pool),
      always("end", "end", ({ pool }) =>
        pool.result === undefined ? "did not get its turn" : END_WORDS[pool.result.end],
      ),
      column("course", "course", ({ course }) => course),
      column("start_s", "start", (_, { pool }) => pool.startS, "s"),
      column("duration_s", "duration", ({ durationS }) => durationS, "s"),
      column("nodes_changed", "nodes changed", ({ nodesChanged }) => nodesChanged),
      always("nodes", "nodes", ({ pool }) => pool.plan.upgrade.pool.nodes),
      always("spare_nodes", "spare", ({ pool }) => pool.plan.spares),
      column("surge_nodes", "added", ({ surgeNodes }) => surgeNodes),
      column("open_gpus_min", "fewest open GPUs", ({ openGpusMin }) => openGpusMin),
      column(
        "service_miss_s",
        "below need",
        ({ missS, isNeedKnown = true }) => (isNeedKnown ? missS : null),
        "s",
      ),
      column("job_stops", "jobs stopped", ({ stops }) => stops),
      column("lost_gpu_hours", "work lost", ({ lostGpuHours }) => lostGpuHours, "GPU hours"),
      column("waiting_gpu_hours", "waiting", (result) => result.waitingGpuHours, "GPU hours"),
      column("why", "why", ({ why }) => why),
    ],
  };
}

function sparesTable(rows: readonly Row[]): FleetTable {
  const trials = rows.flatMap(({ one, pool }) =>
    (pool.search?.trials ?? []).map((trial) => ({ one, pool, ...trial })),
  );
  return {
    name: "spares",
    caption: "The upgrade of each pool with more and more spare nodes",
    columns: [
      { name: "upgrade", header: "upgrade", values: trials.map(({ one }) => one.upgrade.name) },
      { name: "pool", header: "pool", values: trials.map(({ pool }) => pool.plan.pool) },
      { name: "spare_nodes", header: "spare nodes", values: trials.map(({ spares }) => spares) },
      { name: "end", header: "end", values: trials.map(({ result }) => END_WORDS[result.end]) },
      { name: "course", header: "course", values: trials.map(({ result }) => result.course) },
      {
        name: "painless",
        header: "painless",
        values: trials.map(({ result }) => (result.isPainless ? "yes" : "no")),
      },
      {
        name: "duration_s",
        header: "duration",
        unit: "s",
        values: trials.map(({ result }) => result.durationS),
      },
      {
        name: "service_miss_s",
        header: "below need",
        unit: "s",
        values: trials.map(({ result }) => result.missS),
      },
      {
        name: "waiting_gpu_hours",
        header: "waiting",
        unit: "GPU hours",
        values: trials.map(({ result }) => result.waitingGpuHours),
      },
      {
        name: "job_stops",
        header: "jobs stopped",
        values: trials.map(({ result }) => result.stops),
      },
    ],
  };
}

function warningsOf(upgrades: readonly FleetUpgradeResult[]): readonly string[] {
  return [...overlaps(upgrades), ...upgrades.flatMap(warningsOfOne)];
}

/** Each upgrade is simulated as if it had the pool for itself. */
function overlaps(upgrades: readonly FleetUpgradeResult[]): readonly string[] {
  const taken = upgrades.flatMap(({ upgrade, pools }) =>
    pools.flatMap(({ plan, startS, result }) =>
      result === undefined
        ? []
        : [{ name: upgrade.name, pool: plan.pool, startS, endS: startS + result.durationS }],
    ),
  );
  return taken.flatMap((one, index) =>
    taken
      .slice(index + 1)
      .filter(
        (other) => other.pool === one.pool && other.startS < one.endS && one.startS < other.endS,
      )
      .map(
        (other) =>
          `Upgrades ${one.name} and ${other.name} are both at work on pool ${one.pool} at a time; each was simulated as if it had the pool for itself.`,
      ),
  );
}

function warningsOfOne({ upgrade, pools, run }: FleetUpgradeResult): readonly string[] {
  return [
    ...pools.flatMap(({ plan, result, search }) => {
      if (result === undefined)
        return [`Upgrade ${upgrade.name}: pool ${plan.pool} did not get its turn.`];
      const { waitingBefore } = result;
      return [
        ...(waitingBefore.length === 0
          ? []
          : [
              `Pool ${plan.pool} has no room for ${waitingBefore.join(", ")} already before ${upgrade.name}; ${waitingBefore.length === 1 && !/^\d/.test(waitingBefore[0]!) ? "it waits" : "they wait"} from the start.`,
            ]),
        ...(isEnded(result)
          ? []
          : [
              `Upgrade ${upgrade.name} of pool ${plan.pool} ${END_WORDS[result.end]}: ${result.why}.`,
            ]),
        ...(search === undefined || search.obstacle === null
          ? []
          : [
              `No number of spare nodes up to ${search.trials.length - 1} makes ${upgrade.name} painless for pool ${plan.pool}: ${search.obstacle}.`,
            ]),
      ];
    }),
    ...(run.end === "failed" && run.members.some(({ state }) => state === "not-begun")
      ? [
          `Upgrade ${upgrade.name} ended early: more clusters of a stage failed than the stage bears.`,
        ]
      : []),
  ];
}
