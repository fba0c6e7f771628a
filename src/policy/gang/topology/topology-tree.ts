import type { ClusterSpec } from "../../../cluster/spec.js";

/** Name of the lowest level: the node itself. */
export const HOST_LEVEL = "host";

/** One level of a topology: racks, say. Domains are numbered by their first node. */
export interface TopologyLevel {
  readonly name: string;
  readonly domainCount: number;
  /** Domain of every node. */
  readonly domainOf: Int32Array;
  /** Domain of the level above by domain; empty for the widest level. */
  readonly parentOf: Int32Array;
  /** Domains of the level below by domain, in order; for `host` empty lists. */
  readonly children: readonly Int32Array[];
  /** Names of the domains on the way down to each domain, such as `block-0/rack-3`. */
  readonly paths: readonly string[];
}

/** The nodes of a cluster as a tree of domains. */
export interface TopologyTree {
  /** Widest first; the last is `host`, whose domains are the nodes. */
  readonly levels: readonly TopologyLevel[];
}

/**
 * Builds the tree of a cluster, or of its nodes alone where it says nothing of topology.
 *
 * A domain is named by the whole way down to it, as in Kueue: "rack-0" of one block is not that of another.
 *
 * @throws RangeError when a node does not name a domain for every level
 */
export function createTopologyTree(spec: ClusterSpec): TopologyTree {
  const names = spec.topology?.levels ?? [];
  const { nodes } = spec;
  const domainsOf: Int32Array[] = [];
  const pathsOf: string[][] = [];
  for (let level = 0; level <= names.length; level += 1) {
    const indexes = new Map<string, number>();
    const domainOf = Int32Array.from(nodes, (node) => {
      if (names.length > 0 && node.domains?.length !== names.length) {
        throw new RangeError(
          `topology: node ${node.name} must name a domain for each of ${names.join(", ")}, ` +
            `got ${node.domains?.length ?? 0}`,
        );
      }
      const way = (node.domains ?? []).slice(0, level + 1);
      const path = (level === names.length ? [...way, node.name] : way).join("/");
      // Two nodes of one name are two hosts.
      const key = level === names.length ? `${path}#${indexes.size}` : path;
      const known = indexes.get(key);
      if (known !== undefined) return known;
      indexes.set(key, indexes.size);
      (pathsOf[level] ??= []).push(path);
      return indexes.size - 1;
    });
    domainsOf.push(domainOf);
  }
  return {
    levels: domainsOf.map((domainOf, level) => {
      const paths = pathsOf[level] ?? [];
      return {
        name: names[level] ?? HOST_LEVEL,
        domainCount: paths.length,
        domainOf,
        parentOf: parentsOf(domainOf, domainsOf[level - 1], paths.length),
        children: childrenOf(domainOf, domainsOf[level + 1], paths.length),
        paths,
      };
    }),
  };
}

function parentsOf(domainOf: Int32Array, above: Int32Array | undefined, count: number): Int32Array {
  if (above === undefined) return new Int32Array(0);
  const parents = new Int32Array(count);
  domainOf.forEach((domain, node) => {
    parents[domain] = above[node]!;
  });
  return parents;
}

function childrenOf(
  domainOf: Int32Array,
  below: Int32Array | undefined,
  count: number,
): readonly Int32Array[] {
  if (below === undefined) return [];
  const lists: number[][] = Array.from({ length: count }, () => []);
  const seen = new Uint8Array(below.length);
  below.forEach((child, node) => {
    if (seen[child] === 1) return;
    seen[child] = 1;
    lists[domainOf[node]!]!.push(child);
  });
  return lists.map((list) => Int32Array.from(list));
}
