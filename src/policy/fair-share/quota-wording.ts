import { formatBytes, formatNumber } from "../../base/units.js";
import type { QuotaRequest } from "./flavor-search.js";
import type { QuotaLayout } from "./quota-layout.js";
import type { QuotaLedger } from "./quota-ledger.js";
import { available, borrowed, keptAvailable } from "./quota-ledger.js";

/** Borrowers and flavors named in one explanation; the rest are counted. */
const NAMED_MAX = 3;

/** An amount in the words of its resource: "12 GPUs", "3.5 CPU cores", "64 GiB of memory", "5 pods". */
export function amountInWords(layout: QuotaLayout, resource: number, amount: number): string {
  const { name, unit } = layout.resources[resource]!;
  switch (unit) {
    case "gpu-milli":
      return plural(amount / 1000, name === "gpu" ? "GPU" : name, name === "gpu" ? "GPUs" : name);
    case "cpu-milli":
      return plural(amount / 1000, "CPU core", "CPU cores");
    case "bytes":
      return `${formatBytes(amount)} of ${name}`;
    case "count":
      return plural(amount, name, name);
  }
}

function plural(count: number, one: string, many: string): string {
  return `${formatNumber(count, { digits: 6 })} ${count === 1 ? one : many}`;
}

/**
 * Why a workload cannot be admitted now: what is short, and who holds it.
 *
 * Such as: `cohort research: 8 GPUs in h100 asked for, 4 GPUs free; team-a borrows 12 GPUs over its nominal
 * 4 GPUs`. With `withAmounts: false` the text names the parties only, so that a run has few different
 * texts. Slow; for reports.
 */
export function explainRefusal(
  ledger: QuotaLedger,
  queue: number,
  request: QuotaRequest,
  options: { readonly withAmounts: boolean },
): string {
  const { layout } = ledger;
  const rules = layout.rules[queue]!;
  const name = nodeInWords(layout, queue);
  if (rules.held) return `${name} is on hold`;
  const parts: string[] = [];
  for (let resource = 0; resource < layout.resources.length; resource += 1) {
    if (
      request.amounts[resource]! > 0 &&
      rules.groupOfResource[resource]! < 0 &&
      layout.resourceNames[resource] !== "pods"
    ) {
      return `${name} has no quota for ${layout.resourceNames[resource]}`;
    }
  }
  for (const group of rules.groups) {
    const flavors = group.flavors.filter(({ flavor }) => request.allowsFlavor?.(flavor) !== false);
    if (
      flavors.length === 0 &&
      group.resources.some((resource) => request.amounts[resource]! > 0)
    ) {
      return `${name} has no flavor whose nodes can run the workload`;
    }
    for (const { cells } of flavors.slice(0, NAMED_MAX)) {
      const index = group.resources.findIndex(
        (resource, at) => request.amounts[resource]! > available(ledger, queue, cells[at]!),
      );
      // A flavor with room is no reason to wait: the nodes are.
      if (index >= 0) {
        parts.push(
          shortage(
            ledger,
            queue,
            cells[index]!,
            request.amounts[group.resources[index]!]!,
            options,
          ),
        );
      }
    }
  }
  return parts.length === 0 ? `${name} has room` : [...new Set(parts)].join("; or ");
}

function shortage(
  ledger: QuotaLedger,
  queue: number,
  cell: number,
  amount: number,
  { withAmounts }: { readonly withAmounts: boolean },
): string {
  const { layout, usage } = ledger;
  const resource = layout.cellResource[cell]!;
  const flavor = layout.flavorNames[layout.cellFlavor[cell]!]!;
  const words = (value: number): string => amountInWords(layout, resource, value);
  const at = queue * layout.cellCount + cell;
  const what = `${layout.resourceNames[resource]} in ${flavor}`;
  if (amount > layout.potential[at]!) {
    const limit = withAmounts
      ? `: ${words(amount)} asked for, at most ${words(layout.potential[at]!)}`
      : "";
    return `${nodeInWords(layout, queue)} can never get so much ${what}${limit}`;
  }
  const bound = bindingNode(ledger, queue, cell);
  const where = nodeInWords(layout, bound.node);
  const free = Math.max(0, available(ledger, queue, cell));
  const asked = withAmounts
    ? `${words(amount)} in ${flavor} asked for, ${words(free)} free`
    : `not enough ${what}`;
  if (bound.kind === "limit") {
    const limit = layout.borrowingLimit[bound.node * layout.cellCount + cell]!;
    return `${where}: ${asked}; it may borrow ${withAmounts ? `at most ${words(limit)}` : "no more"}`;
  }
  if (bound.node === queue) {
    return `${where}: ${asked}; ${withAmounts ? `${words(usage[at]!)} in use` : "its workloads hold it"}`;
  }
  return `${where}: ${asked}; ${borrowersInWords(ledger, bound.node, cell, withAmounts)}`;
}

/** Which borrowing limit, or which root, leaves the queue so little. */
function bindingNode(
  ledger: QuotaLedger,
  queue: number,
  cell: number,
): { readonly node: number; readonly kind: "limit" | "used-up" } {
  const { layout, usage } = ledger;
  const { parent, cellCount } = layout;
  let node = queue;
  let bound: { node: number; kind: "limit" | "used-up" } = {
    node: layout.root[queue]!,
    kind: "used-up",
  };
  let least = Number.POSITIVE_INFINITY;
  let keptBelow = 0;
  for (; parent[node]! >= 0; node = parent[node]!) {
    const at = node * cellCount + cell;
    keptBelow += keptAvailable(ledger, node, cell);
    const lent = layout.subtreeQuota[at]! - layout.localQuota[at]!;
    const room =
      lent -
      Math.max(0, usage[at]! - layout.localQuota[at]!) +
      layout.borrowingLimit[at]! +
      keptBelow;
    if (room < least) {
      least = room;
      bound = { node, kind: "limit" };
    }
  }
  const atRoot = node * cellCount + cell;
  const roomAtRoot = layout.subtreeQuota[atRoot]! - usage[atRoot]! + keptBelow;
  return roomAtRoot <= least ? { node, kind: "used-up" } : bound;
}

function borrowersInWords(
  ledger: QuotaLedger,
  root: number,
  cell: number,
  withAmounts: boolean,
): string {
  const { layout } = ledger;
  const resource = layout.cellResource[cell]!;
  const borrowers = Array.from({ length: layout.queueCount }, (_, queue) => queue)
    .filter((queue) => layout.root[queue] === root && borrowed(ledger, queue, cell) > 0)
    .sort(
      (left, right) => borrowed(ledger, right, cell) - borrowed(ledger, left, cell) || left - right,
    );
  if (borrowers.length === 0) return "its queues use their own quota";
  const named = borrowers.slice(0, NAMED_MAX).map((queue) => {
    const name = layout.nodeNames[queue]!;
    if (!withAmounts) return name;
    const over = amountInWords(layout, resource, borrowed(ledger, queue, cell));
    const nominal = amountInWords(
      layout,
      resource,
      layout.nominal[queue * layout.cellCount + cell]!,
    );
    return `${name} borrows ${over} over its nominal ${nominal}`;
  });
  const more = borrowers.length > NAMED_MAX ? ` and ${borrowers.length - NAMED_MAX} more` : "";
  return withAmounts ? named.join(", ") + more : `borrowed by ${named.join(", ")}${more}`;
}

function nodeInWords(layout: QuotaLayout, node: number): string {
  return `${node < layout.queueCount ? "queue" : "cohort"} ${layout.nodeNames[node]}`;
}
