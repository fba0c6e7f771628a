import { didYouMean } from "../../diagnostics/did-you-mean.js";
import type { Problem } from "../../diagnostics/problem.js";
import { findNodeSku, NODE_SKUS } from "../../hardware/find-node-sku.js";
import type { NodeSku } from "../../hardware/node-sku.js";

/** Machines of the catalogue, and how many. */
export interface Machines {
  readonly sku: NodeSku;
  readonly count: number;
}

/** What was read, or everything that is wrong with it. */
export type MachinesAnswer =
  | { readonly ok: true; readonly machines: readonly Machines[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Largest number of nodes of one kind. */
const COUNT_MAX = 100_000;

/**
 * Reads `8 x DGX H100, 2 x Standard_NC24ads_A100_v4`: a count and a machine of the catalogue, several with commas.
 *
 * @param source what messages call it, such as `--machines`
 */
export function parseMachines(text: string, source: string): MachinesAnswer {
  const problems: Problem[] = [];
  const machines = text.split(",").flatMap((part): readonly Machines[] => {
    const match = /^\s*(\d+)\s*[x×*]\s*(.+?)\s*$/u.exec(part);
    const count = Number(match?.[1] ?? Number.NaN);
    if (match === null || count < 1 || count > COUNT_MAX) {
      problems.push({
        file: source,
        rule: "machines",
        message: `must be a number from 1 to ${COUNT_MAX}, x and a machine, such as "8 x DGX H100", got "${part.trim()}"`,
        help: "headroom catalog node lists the machines",
      });
      return [];
    }
    const sku = findNodeSku(match[2]!);
    if (sku === undefined) {
      const names = NODE_SKUS.map(({ name }) => name);
      const suggestion = didYouMean(match[2]!, names);
      problems.push({
        file: source,
        rule: "unknown-sku",
        message: `the catalogue has no machine "${match[2]!}"`,
        ...(suggestion === undefined ? {} : { suggestion }),
        help: "headroom catalog node lists the machines",
      });
      return [];
    }
    const lacking = [
      ...(sku.gpuCount > 0 && sku.gpuModel === undefined ? ["which GPU it has"] : []),
      ...(sku.cpuMilli === undefined ? ["its CPU"] : []),
      ...(sku.memoryBytes === undefined ? ["its memory"] : []),
    ];
    if (lacking.length > 0) {
      problems.push({
        file: source,
        rule: "missing-figure",
        message: `the catalogue does not say ${lacking.join(", ")} of ${sku.name}`,
        help: "take a machine of which it does, and write gpu, cpu and memory into the scenario afterwards",
      });
      return [];
    }
    return [{ sku, count }];
  });
  return problems.length > 0 ? { ok: false, problems } : { ok: true, machines };
}
