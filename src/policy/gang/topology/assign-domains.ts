import type { TopologyTree } from "./topology-tree.js";

/**
 * Which of several domains is filled first.
 *
 * `best-fit`: most room first, and the last one the tightest that takes the rest. `least-free-capacity`: least
 * room first, in that order to the end.
 */
export type DomainAlgorithm = "best-fit" | "least-free-capacity";

/** How many workers of one kind fit where, at one moment. */
export interface DomainRooms {
  /** Workers that fit at once, by level of the tree and domain. */
  readonly workersIn: readonly ReadonlyWorkers[];
}

/** Workers by domain. */
export interface ReadonlyWorkers {
  readonly [domain: number]: number;
  readonly length: number;
}

/** What is to be placed. */
export interface DomainQuestion {
  readonly tree: TopologyTree;
  readonly rooms: DomainRooms;
  readonly workers: number;
  /** Level at which the search begins. */
  readonly level: number;
  /** May the search go on at wider levels, and at the widest take several domains? */
  readonly mode: "required" | "preferred" | "unconstrained";
  readonly algorithm: DomainAlgorithm;
  /**
   * True lets every chosen domain keep on the way down what it was given; false shares all out anew among the
   * children of all chosen domains, as Kueue does. Default false.
   */
  readonly keepsShares?: boolean;
}

/** Node and number of workers in turn, in the order the nodes were chosen; undefined when there is no room. */
export type NodeShares = readonly number[];

/**
 * Assigns the workers of a gang to nodes as Kueue's topology-aware scheduling does.
 *
 * First a level is found: at the asked level one domain that holds the gang (best-fit: the tightest such;
 * least-free-capacity: the first in that order). `preferred` then tries the level above, and so on;
 * `required` gives up. At the widest level (for `unconstrained` at once, among the nodes) several domains are taken in the
 * order of the algorithm until the gang is held. Then the same goes on level by level below, over all
 * children of the chosen domains together, down to the nodes. Ties: the domain whose first node comes first
 * in the cluster (Kueue: by label value).
 *
 * Source: kubernetes-sigs/kueue keps/2724-topology-aware-scheduling and
 * site/content/en/docs/concepts/topology_aware_scheduling.md; one kind of worker, slices of one.
 * O(domains of the searched levels · log) per gang.
 */
export function assignDomains(question: DomainQuestion): NodeShares | undefined {
  const { tree, workers } = question;
  if (workers === 0) return [];
  const found = findDomains(question);
  if (found === undefined) return undefined;
  let { level } = found;
  let shares = takeInOrder(question, found.domains, level);
  for (; level + 1 < tree.levels.length; level += 1) {
    const { children } = tree.levels[level]!;
    const fill = (below: readonly number[], count: number): readonly Share[] =>
      takeInOrder({ ...question, workers: count }, inOrder(question, below, level + 1), level + 1);
    shares =
      question.keepsShares === true
        ? shares.flatMap(({ domain, workers: count }) => fill([...children[domain]!], count))
        : fill(
            shares.flatMap(({ domain }) => [...children[domain]!]),
            workers,
          );
  }
  return shares.flatMap(({ domain, workers: count }) => [domain, count]);
}

/** True when the gang has room; the search of `assignDomains` without its answer. */
export function hasDomains(question: DomainQuestion): boolean {
  const { tree, rooms, workers, level, mode } = question;
  if (mode !== "required") {
    // Some level always takes several domains, so the sum over any one level decides.
    let sum = 0;
    const widest = rooms.workersIn[0]!;
    for (let domain = 0; domain < tree.levels[0]!.domainCount; domain += 1) sum += widest[domain]!;
    return sum >= workers;
  }
  const inLevel = rooms.workersIn[level]!;
  for (let domain = 0; domain < tree.levels[level]!.domainCount; domain += 1)
    if (inLevel[domain]! >= workers) return true;
  return false;
}

interface Share {
  readonly domain: number;
  readonly workers: number;
}

/** The domains to fill, in order; several only where no single one holds the gang. */
function findDomains(
  question: DomainQuestion,
): { readonly level: number; readonly domains: readonly number[] } | undefined {
  const { tree, rooms, workers, mode } = question;
  for (let { level } = question; ; level -= 1) {
    const single = singleDomain(question, level);
    if (single >= 0) return { level, domains: [single] };
    if (mode === "required") return undefined;
    if (mode === "preferred" && level > 0) continue;
    const all = Array.from({ length: tree.levels[level]!.domainCount }, (_, domain) => domain);
    const sum = all.reduce((total, domain) => total + rooms.workersIn[level]![domain]!, 0);
    return sum < workers ? undefined : { level, domains: inOrder(question, all, level) };
  }
}

/**
 * The one domain of the level for the whole gang, or -1. Best-fit takes the tightest that holds it, which is
 * also the first that holds it when the least free goes first; the earlier of equals.
 */
function singleDomain({ tree, rooms, workers }: DomainQuestion, level: number): number {
  const inLevel = rooms.workersIn[level]!;
  let best = -1;
  for (let domain = 0; domain < tree.levels[level]!.domainCount; domain += 1) {
    const room = inLevel[domain]!;
    if (room >= workers && (best < 0 || room < inLevel[best]!)) best = domain;
  }
  return best;
}

/** Domains with room, in the order of the algorithm. */
function inOrder(
  { rooms, algorithm, tree }: DomainQuestion,
  domains: readonly number[],
  level: number,
): readonly number[] {
  const inLevel = rooms.workersIn[level]!;
  const count = tree.levels[level]!.domainCount;
  const sign = algorithm === "best-fit" ? -1 : 1;
  // One number per domain sorts several times faster than a comparison of two: room first, then order.
  const keys: number[] = [];
  for (const domain of domains)
    if (inLevel[domain]! > 0) keys.push(sign * inLevel[domain]! * count + domain);
  return Array.from(Float64Array.from(keys).sort(), (key) => {
    const rest = key % count;
    // Never -0.
    return rest < 0 ? rest + count : rest + 0;
  });
}

/** Fills the domains in order; under best-fit the rest goes to the tightest that holds it. */
function takeInOrder(
  { rooms, algorithm, workers }: DomainQuestion,
  domains: readonly number[],
  level: number,
): readonly Share[] {
  const inLevel = rooms.workersIn[level]!;
  const taken: Share[] = [];
  let left = workers;
  for (let place = 0; place < domains.length && left > 0; place += 1) {
    let domain = domains[place]!;
    if (algorithm === "best-fit" && inLevel[domain]! >= left) {
      for (let later = place + 1; later < domains.length; later += 1) {
        const room = inLevel[domains[later]!]!;
        // Most room first: from here on nothing holds the rest.
        if (room < left) break;
        if (room < inLevel[domain]!) domain = domains[later]!;
      }
    }
    const count = Math.min(left, inLevel[domain]!);
    taken.push({ domain, workers: count });
    left -= count;
  }
  return taken;
}
