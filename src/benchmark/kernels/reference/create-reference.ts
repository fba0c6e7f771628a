import type { HostTensor, KernelSpec } from "../kernel-spec.js";
import { attentionReference } from "./attention-reference.js";
import { matmulReference } from "./matmul-reference.js";
import { moveReference } from "./move-reference.js";
import type { Reference } from "./reference.js";
import { softmaxReference } from "./softmax-reference.js";
import { allReduceReference, elementReference, reductionReference } from "./stream-reference.js";

/** The float64 reference of a kernel on these inputs; undefined for kernels without an output. */
export function createReference(
  spec: KernelSpec,
  inputs: readonly HostTensor[],
): Reference | undefined {
  switch (spec.kernel) {
    case "matmul":
      return matmulReference(spec, inputs);
    case "copy":
    case "scale":
    case "add":
    case "triad":
      return elementReference(spec, inputs);
    case "reduction":
      return reductionReference(spec, inputs);
    case "softmax":
      return softmaxReference(spec, inputs);
    case "attention-prefill":
    case "attention-decode":
      return attentionReference(spec, inputs);
    case "transpose":
    case "gather":
    case "host-to-device":
    case "device-to-host":
      return moveReference(spec, inputs);
    case "all-reduce":
      return allReduceReference(spec, inputs);
    case "launch-latency":
    case "empty-dispatch":
      return undefined;
  }
}
