import type { HostTensor, KernelSpec } from "../kernel-spec.js";
import type { Reference } from "./reference.js";

/** Kernels that only move numbers: every one has to arrive unchanged. */
type MoveKernel = "transpose" | "gather" | "host-to-device" | "device-to-host";

/** Where each number of the output comes from. */
export function moveReference(
  spec: Extract<KernelSpec, { readonly kernel: MoveKernel }>,
  inputs: readonly HostTensor[],
): Reference {
  const x = inputs[0]!.values;
  const exact = (blocks: number, length: number, source: (block: number, i: number) => number) => ({
    blocks,
    blockLength: length,
    blockCost: length,
    tolerance: "exact",
    compute(block: number, value: Float64Array, allowed: Float64Array) {
      for (let i = 0; i < value.length; i++) value[i] = x[source(block, i)]!;
      allowed.fill(0);
    },
  });
  switch (spec.kernel) {
    case "transpose": {
      const { rows, columns } = spec.shape;
      return exact(columns, rows, (column, row) => row * columns + column);
    }
    case "gather": {
      const { columns, rows } = spec.shape;
      const indices = inputs[1]!.values;
      return exact(rows, columns, (row, column) => indices[row]! * columns + column);
    }
    case "host-to-device":
    case "device-to-host": {
      const length = Math.min(65_536, spec.shape.bytes);
      return exact(Math.ceil(spec.shape.bytes / length), length, (block, i) => block * length + i);
    }
  }
}
