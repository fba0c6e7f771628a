import { gpusOf } from "./copy.js";
import type { GangDemand, MemberView } from "./member-view.js";
import { packGang } from "./node-pool.js";

/** Asks for nodes of elastic pools: the least numbers, and enough for what waits and is within its quota. */
export function growPools(member: MemberView): void {
  if (member.pools.every(({ spec }) => spec.elastic === undefined)) return;
  for (const pool of member.pools)
    while (pool.spec.elastic !== undefined && pool.alive < pool.spec.elastic.min) pool.launch();
  const rooms = member.pools.map((pool) => [
    ...pool.freeByNode(),
    ...Array.from({ length: pool.coming }, () => pool.spec.gpusPerNode),
  ]);
  for (const demand of member.otherDemand.values())
    for (let one = 0; one < demand.count; one++) takeRoom(member, rooms, demand);
  const taken = new Map<string, number>();
  const refused = new Set<number>();
  for (const copy of member.queue) {
    if (refused.has(copy.entry.job.groupIndex)) continue;
    const { tenant } = copy.entry.job.group;
    const gpus = gpusOf(copy.entry.job.group);
    const takenGpus = taken.get(tenant) ?? 0;
    if (gpus > member.quotaLeft(tenant) - takenGpus) continue;
    if (takeRoom(member, rooms, copy.entry.job.group)) taken.set(tenant, takenGpus + gpus);
    else refused.add(copy.entry.job.groupIndex);
  }
}

/** Room that is there or coming, or new nodes of the cheapest pool that can have enough of them. */
function takeRoom(member: MemberView, rooms: number[][], gang: GangDemand): boolean {
  const { workers, gpusPerWorker } = gang;
  const pools = member.poolsFor(gang);
  for (const pool of pools) if (takeFrom(rooms[pool]!, workers, gpusPerWorker)) return true;
  const growing = pools
    .filter((pool) => member.pools[pool]!.spec.elastic !== undefined)
    .map((pool) => ({ pool, price: pricePerGpuHour(member, pool) }))
    .sort((left, right) => left.price - right.price || left.pool - right.pool);
  for (const { pool } of growing) {
    const { spec, alive } = member.pools[pool]!;
    const grown = [...rooms[pool]!];
    let added = 0;
    while (
      alive + added < spec.elastic!.max &&
      packGang(grown, workers, gpusPerWorker) === undefined
    ) {
      grown.push(spec.gpusPerNode);
      added++;
    }
    if (!takeFrom(grown, workers, gpusPerWorker)) continue;
    rooms[pool] = grown;
    for (let node = 0; node < added; node++) member.pools[pool]!.launch();
    return true;
  }
  return false;
}

function takeFrom(room: number[], workers: number, gpusPerWorker: number): boolean {
  const nodes = packGang(room, workers, gpusPerWorker);
  if (nodes === undefined) return false;
  for (const node of nodes) room[node]! -= gpusPerWorker;
  return true;
}

function pricePerGpuHour(member: MemberView, pool: number): number {
  const { pricePerNodeHour, gpusPerNode } = member.pools[pool]!.spec;
  return pricePerNodeHour / gpusPerNode;
}
