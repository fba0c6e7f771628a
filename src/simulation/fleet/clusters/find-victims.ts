import { gpusOf, type Copy, type GangPlace } from "./copy.js";
import type { MemberView } from "./member-view.js";
import { packGang, type Holder } from "./node-pool.js";

/** Who has to go for a copy, and where it then fits. */
export interface Preemption {
  readonly victims: readonly Copy[];
  readonly place: GangPlace;
}

/**
 * The running copies of lower priority to stop so that a copy fits, as Kueue chooses them: the lowest
 * priority first and the latest start between equals, until it fits; then, in the opposite order, those that it
 * fits without are spared.
 *
 * @returns undefined when it would not fit even after stopping all of them
 */
export function findVictims(member: MemberView, copy: Copy): Preemption | undefined {
  const { group } = copy.entry.job;
  for (const pool of member.poolsFor(group)) {
    const candidates = [...member.running]
      .filter(
        (other) =>
          other.state === "admitted" &&
          other.entry.job.group.priority < group.priority &&
          // One in another pool helps only with the quota.
          (other.place!.pool === pool || other.entry.job.group.tenant === group.tenant),
      )
      .sort(
        (left, right) =>
          left.entry.job.group.priority - right.entry.job.group.priority ||
          right.heldS - left.heldS ||
          right.id - left.id,
      );
    const chosen: Copy[] = [];
    let nodes = fits(member, copy, pool, chosen);
    for (const candidate of candidates) {
      if (nodes !== undefined) break;
      chosen.push(candidate);
      nodes = fits(member, copy, pool, chosen);
    }
    if (nodes === undefined) continue;
    for (let index = chosen.length - 1; index >= 0; index--) {
      const spared = chosen.filter((_, other) => other !== index);
      const without = fits(member, copy, pool, spared);
      if (without === undefined) continue;
      chosen.splice(index, 1);
      nodes = without;
    }
    return { victims: chosen, place: { pool, nodes } };
  }
  return undefined;
}

function fits(
  member: MemberView,
  copy: Copy,
  pool: number,
  without: readonly Copy[],
): readonly number[] | undefined {
  const { group } = copy.entry.job;
  const freed = without
    .filter((other) => other.entry.job.group.tenant === group.tenant)
    .reduce((sum, other) => sum + gpusOf(other.entry.job.group), 0);
  if (gpusOf(group) > member.quotaLeft(group.tenant) + freed) return undefined;
  const gone = new Set<Holder>(without.filter((other) => other.place!.pool === pool));
  return packGang(member.pools[pool]!.freeByNode(gone), group.workers, group.gpusPerWorker);
}
