import type { JobTable } from "./job-table.js";
import { createNamePool } from "./name-pool.js";

/** The nodes of jobs that run when the trace begins; costs nothing until a row has some. */
export interface RunningOnColumns {
  /** Takes over the nodes of a row, one per worker. */
  set(row: number, nodes: readonly string[]): void;
  /** The columns in the given order of rows; none when no row has nodes. */
  finish(
    appended: number,
    order: Int32Array | undefined,
  ): Pick<JobTable, "nodeNames" | "runningOnOffset" | "runningOn">;
}

/** Creates the columns, empty. */
export function createRunningOnColumns(): RunningOnColumns {
  const names = createNamePool();
  const nodesOf = new Map<number, Int32Array>();
  return {
    set(row, nodes) {
      nodesOf.set(
        row,
        Int32Array.from(nodes, (name) => names.indexOf(name)),
      );
    },
    finish(appended, order) {
      if (nodesOf.size === 0) return {};
      const count = order?.length ?? appended;
      const runningOnOffset = new Int32Array(count + 1);
      const values: number[] = [];
      for (let row = 0; row < count; row += 1) {
        for (const node of nodesOf.get(order?.[row] ?? row) ?? []) values.push(node);
        runningOnOffset[row + 1] = values.length;
      }
      return { nodeNames: names.names, runningOnOffset, runningOn: Int32Array.from(values) };
    },
  };
}

/** True for a job that runs already when it is submitted. */
export function runsAtStart({ runningOnOffset }: JobTable, row: number): boolean {
  return runningOnOffset !== undefined && runningOnOffset[row + 1]! > runningOnOffset[row]!;
}

/** Nodes a job runs on when it is submitted, one per worker; empty for a job that waits. */
export function runningOnOf(jobs: JobTable, row: number): readonly string[] {
  const { runningOnOffset, runningOn, nodeNames } = jobs;
  if (runningOnOffset === undefined || runningOn === undefined || nodeNames === undefined)
    return [];
  return Array.from(
    runningOn.subarray(runningOnOffset[row]!, runningOnOffset[row + 1]!),
    (node) => nodeNames[node]!,
  );
}

/** Nodes with how many workers stand on each, as a trace writes them: `gpu001*2|gpu002`. */
export function runningOnText(nodes: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const node of nodes) counts.set(node, (counts.get(node) ?? 0) + 1);
  return [...counts].map(([node, count]) => (count === 1 ? node : `${node}*${count}`)).join("|");
}

/**
 * Reads what `runningOnText` writes: one name per worker.
 *
 * @param workersMax more workers than this are a mistake of writing
 * @returns undefined where the text is no such list
 */
export function parseRunningOn(text: string, workersMax: number): readonly string[] | undefined {
  const nodes: string[] = [];
  for (const part of text.split("|")) {
    const match = /^\s*([^*|\s][^*|]*?)\s*(?:\*(\d{1,9}))?\s*$/.exec(part);
    if (match === null) return undefined;
    const count = Number(match[2] ?? 1);
    if (count < 1 || nodes.length + count > workersMax) return undefined;
    for (let worker = 0; worker < count; worker += 1) nodes.push(match[1]!);
  }
  return nodes;
}
