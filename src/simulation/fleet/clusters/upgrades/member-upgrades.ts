import type { FleetUpgradeResult, PoolUpgradeResult } from "../../upgrades/fleet-upgrade-result.js";
import {
  createUpdateRun,
  type RunningUpdate,
  type UpdateTarget,
} from "../../upgrades/update-run.js";
import type { Copy } from "../copy.js";
import type { MemberCluster } from "../member-cluster.js";
import type { MemberUpgradeSpec } from "./member-upgrade-spec.js";
import { PoolUpgradeRun, type MemberUpgradeSetting } from "./pool-upgrade.js";

/** All upgrades of members while the fleet runs. */
export class MemberUpgrades {
  private readonly running: readonly RunningUpdate[];
  /** Upgrades of pools that have begun, by upgrade and place in it. */
  private readonly begun: readonly Map<number, PoolUpgradeRun>[];
  private readonly ofMember = new Map<number, PoolUpgradeRun[]>();
  private readonly busy = new Set<number>();

  constructor(
    private readonly specs: readonly MemberUpgradeSpec[],
    private readonly members: readonly MemberCluster[],
    private readonly setting: MemberUpgradeSetting,
  ) {
    this.begun = specs.map(() => new Map());
    this.running = specs.map((spec, index) => this.createRun(spec, index));
  }

  start(): void {
    this.specs.forEach(({ upgrade }, index) => {
      this.running[index]!.begin(upgrade.startS);
    });
  }

  /** A job has its GPUs on its member. */
  admitted(copy: Copy): void {
    for (const run of this.ofMember.get(copy.member) ?? []) run.admitted(copy);
  }

  /** A job is about to be stopped on its member. */
  stopping(copy: Copy): void {
    for (const run of this.ofMember.get(copy.member) ?? []) run.stopping(copy);
  }

  /** A replica on the member serves from now on. */
  readyChanged(member: number): void {
    for (const run of this.ofMember.get(member) ?? []) run.readyChanged();
  }

  /** What became of them, in the form of upgrades of pools by themselves. */
  results(horizonS: number): readonly FleetUpgradeResult[] {
    return this.specs.map(({ upgrade }, index): FleetUpgradeResult => ({
      upgrade,
      run: this.running[index]!.result(horizonS),
      pools: upgrade.pools.map((plan, place): PoolUpgradeResult => {
        const run = this.begun[index]!.get(place);
        if (run === undefined)
          return { plan, startS: Infinity, result: undefined, search: undefined };
        // The pool as it was when its turn came: elastic ones are as large as their work.
        const actual = { ...plan, upgrade: { ...plan.upgrade, pool: run.spec.pool } };
        return {
          plan: actual,
          startS: run.startS,
          result: run.result(horizonS),
          search: undefined,
        };
      }),
    }));
  }

  private createRun(spec: MemberUpgradeSpec, index: number): RunningUpdate {
    const { upgrade } = spec;
    const { clock } = this.setting;
    const stages = upgrade.stages.map((stage) => ({
      ...stage,
      groups: stage.groups.map((group) => ({
        ...group,
        members: group.clusters.map((name): UpdateTarget => {
          const window = upgrade.windows.get(name);
          return { name, ...(window === undefined ? {} : { window }) };
        }),
      })),
    }));
    const agenda = {
      get nowS() {
        return clock.nowS;
      },
      after: (delayS: number, phase: Parameters<typeof clock.at>[1], action: () => void) =>
        clock.at(clock.nowS + delayS, phase, action),
    };
    return createUpdateRun(stages, agenda, {
      pollS: upgrade.pollS,
      isReady: ({ name }) => {
        const member = this.memberOf(name);
        return member.isConnected && !this.busy.has(member.index);
      },
      begin: ({ name }, ended) => {
        const member = this.memberOf(name);
        this.busy.add(member.index);
        const places = upgrade.pools.flatMap(({ cluster }, place) =>
          cluster === name ? [place] : [],
        );
        this.takePools({ spec, index, member, places }, (fails) => {
          this.busy.delete(member.index);
          ended(fails);
        });
      },
    });
  }

  /** Pools of a cluster one after the other; one that does not come to its end is the last. */
  private takePools(
    of: {
      readonly spec: MemberUpgradeSpec;
      readonly index: number;
      readonly member: MemberCluster;
      readonly places: readonly number[];
    },
    ended: (fails: boolean) => void,
  ): void {
    const { spec, index, member, places } = of;
    const [place, ...rest] = places;
    if (place === undefined) {
      ended(false);
      return;
    }
    const { upgrade } = spec;
    const run = new PoolUpgradeRun(
      upgrade.name,
      upgrade.pools[place]!,
      member,
      spec.places[place]!.pool,
      this.setting,
    );
    this.begun[index]!.set(place, run);
    this.ofMember.set(member.index, [...(this.ofMember.get(member.index) ?? []), run]);
    run.start((fails) => {
      if (fails) ended(true);
      else this.takePools({ ...of, places: rest }, ended);
    });
  }

  private memberOf(name: string): MemberCluster {
    return this.members.find(({ spec }) => spec.name === name)!;
  }
}
