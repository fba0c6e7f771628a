/**
 * How close together the workers of a gang must be, in Kueue's words.
 *
 * `required`: all in one domain of the level, or the gang waits. `preferred`: in one domain of the level if
 * one has room, else of the level above, and so on; at the widest level spread over several. `unconstrained`:
 * anywhere.
 */
export type TopologyRequest =
  | { readonly mode: "required" | "preferred"; readonly level: string }
  | { readonly mode: "unconstrained" };

/** What a job asks for that says nothing, and nobody said a default. */
export const UNCONSTRAINED: TopologyRequest = { mode: "unconstrained" };

/** `required:rack`, `preferred:rack`, `unconstrained`: as traces write it. */
export function topologyText(request: TopologyRequest): string {
  return request.mode === "unconstrained" ? request.mode : `${request.mode}:${request.level}`;
}

/** What `parseTopologyText` accepts, in words. */
export const TOPOLOGY_RULE = "required:LEVEL, preferred:LEVEL or unconstrained";

/** Reads what `topologyText` writes; undefined when it is none. */
export function parseTopologyText(text: string): TopologyRequest | undefined {
  if (text === "unconstrained") return UNCONSTRAINED;
  const found = /^(required|preferred):([A-Za-z0-9][A-Za-z0-9._-]{0,62})$/.exec(text);
  if (found === null) return undefined;
  return { mode: found[1] as "required" | "preferred", level: found[2]! };
}
