import { InputError } from "../diagnostics/problem.js";

/** An arrival order and node order over openb lists, as the published runs had them. */
export interface OpenbArrivals {
  /** Name of the pod list the order belongs to; "" when the file does not say. */
  readonly workload: string;
  /** Seed of the published run; undefined when the file does not say. */
  readonly seed: number | undefined;
  /** 0-based rows of the pod list in arrival order; rows may repeat or be absent. */
  readonly arrivals: Int32Array;
  /** 0-based rows of the node list in the order that breaks ties; every row once. */
  readonly nodeOrder: Int32Array;
}

/**
 * Reads an arrival order from JSON: `{workload?, seed?, arrivals: [...], nodeOrder: [...]}`.
 *
 * @param file name for messages
 * @param counts rows of the lists it refers to
 * @throws InputError when a row does not exist or a node is not named exactly once
 */
export function readOpenbArrivals(
  text: string,
  file: string,
  counts: { readonly pods: number; readonly nodes: number },
): OpenbArrivals {
  const refuse = (rule: string, message: string, path?: string): never => {
    throw new InputError([{ file, rule, message, ...(path === undefined ? {} : { path }) }]);
  };
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    return refuse("json", `is not JSON: ${(error as Error).message}`);
  }
  if (typeof document !== "object" || document === null)
    return refuse("json", "must be a JSON object");
  const { workload, seed, arrivals, nodeOrder } = document as Record<string, unknown>;
  const rows = (value: unknown, path: string, count: number): Int32Array => {
    if (!Array.isArray(value))
      return refuse("missing-field", `${path} must be a list of rows`, path);
    value.forEach((row: unknown, i) => {
      if (!Number.isInteger(row) || (row as number) < 0 || (row as number) >= count) {
        refuse(
          "out-of-range",
          `${path}[${i}] must be a row 0..${count - 1} of the list, got ${String(row)}`,
          `${path}[${i}]`,
        );
      }
    });
    return Int32Array.from(value as number[]);
  };
  const order = rows(nodeOrder, "nodeOrder", counts.nodes);
  if (order.length !== counts.nodes || new Set(order).size !== counts.nodes) {
    return refuse(
      "not-a-permutation",
      `nodeOrder must name each of the ${counts.nodes} nodes once`,
      "nodeOrder",
    );
  }
  return {
    workload: typeof workload === "string" ? workload : "",
    seed: typeof seed === "number" && Number.isSafeInteger(seed) ? seed : undefined,
    arrivals: rows(arrivals, "arrivals", counts.pods),
    nodeOrder: order,
  };
}
