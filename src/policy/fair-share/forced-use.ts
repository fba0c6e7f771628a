import type { QuotaRequest } from "./flavor-search.js";
import type { CellAmounts, QuotaLedger } from "./quota-ledger.js";
import { available } from "./quota-ledger.js";

/**
 * The quota of a workload that was admitted before anybody looked: it has it, whether or not there is room.
 *
 * Per resource group the first flavor that has room for all of it, else the first that its nodes allow.
 * Resources that no group covers are not counted.
 */
export function forcedUse(ledger: QuotaLedger, queue: number, request: QuotaRequest): CellAmounts {
  const cells: number[] = [];
  const amounts: number[] = [];
  for (const group of ledger.layout.rules[queue]!.groups) {
    const wanted = group.resources.flatMap((resource, index) => {
      const amount = request.amounts[resource]!;
      return amount > 0 ? [{ index, amount }] : [];
    });
    const allowed = group.flavors.filter(({ flavor }) => request.allowsFlavor?.(flavor) !== false);
    const chosen =
      allowed.find((flavor) =>
        wanted.every(
          ({ index, amount }) => amount <= available(ledger, queue, flavor.cells[index]!),
        ),
      ) ?? allowed[0];
    if (chosen === undefined) continue;
    for (const { index, amount } of wanted) {
      cells.push(chosen.cells[index]!);
      amounts.push(amount);
    }
  }
  return { cells, amounts };
}
