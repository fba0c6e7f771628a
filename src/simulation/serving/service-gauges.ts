import { addCounters } from "./engine/engine-counts.js";
import type { ReplicaGauges, ServiceCounters, ServiceGauges } from "./service.js";
import type { ServiceMember } from "./service-member.js";

/** What is read off a service at a time. */
export function gaugesOf(state: {
  readonly timeS: number;
  readonly held: number;
  readonly members: readonly ServiceMember[];
  readonly past: ServiceCounters;
}): ServiceGauges {
  const { timeS, held, members, past } = state;
  const replicas = members.map((member) => member.gauges());
  const sum = (of: (one: ReplicaGauges) => number): number =>
    replicas.reduce((total, one) => total + of(one), 0);
  const ready = replicas.filter(({ isDraining }) => !isDraining);
  const used = ready.reduce((total, one) => total + one.cacheShare, 0);
  return {
    timeS,
    held,
    waiting: sum((one) => one.waiting),
    running: sum((one) => one.running),
    cacheShare: ready.length === 0 ? 0 : used / ready.length,
    ready: ready.length,
    replicas,
    counters: replicas.reduce((total, one) => addCounters(total, one.counters), past),
  };
}
