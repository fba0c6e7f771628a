import { dtypeFacts } from "../dtype.js";
import type { HostTensor, KernelSpec } from "../kernel-spec.js";
import { ROUNDING_DEVIATIONS, small, sumRoundoff, type Reference } from "./reference.js";
import { EXP_ROUNDINGS } from "./softmax-reference.js";

/** Both forms of attention. */
type AttentionSpec = Extract<KernelSpec, { readonly kernel: `attention-${string}` }>;

/**
 * softmax(Q·Kᵀ/√d)·V, one query per block.
 *
 * Allowed error: that of the scores (a sum of d products), which the exponential turns into a relative one,
 * that of the weighted sum, and one rounding of the weights to the input format, as kernels that feed
 * them to tensor cores do.
 */
export function attentionReference(spec: AttentionSpec, inputs: readonly HostTensor[]): Reference {
  const { heads, kvHeads, headDim: depth, batch } = spec.shape;
  const isPrefill = spec.kernel === "attention-prefill";
  const queries = isPrefill ? spec.shape.tokens : 1;
  const keys = isPrefill ? spec.shape.tokens : spec.shape.context;
  const facts = dtypeFacts(spec.dtype);
  const scoreShare = sumRoundoff(facts, depth);
  const sumShare = sumRoundoff(facts, keys);
  const [q, k, v] = [inputs[0]!.values, inputs[1]!.values, inputs[2]!.values];
  const scale = 1 / Math.sqrt(depth);
  const weight = new Float64Array(keys);
  const weightError = new Float64Array(keys);
  return {
    blocks: batch * heads * queries,
    blockLength: depth,
    blockCost: 2 * keys * depth,
    tolerance: `2·|score error| + ${small(sumShare)} + ${small(facts.inputRoundoff)} of Σ p·|v|, and ${small(facts.outputRoundoff)}·|o|; score error ${small(scoreShare)}·Σ|q·k|/√d`,
    compute(block, value, allowed) {
      const query = block % queries;
      const head = Math.floor(block / queries) % heads;
      const sequence = Math.floor(block / (queries * heads));
      const kvHead = Math.floor((head * kvHeads) / heads);
      const base = (sequence * kvHeads + kvHead) * keys * depth;
      const seen = isPrefill ? query + 1 : keys;
      let max = Number.NEGATIVE_INFINITY;
      for (let key = 0; key < seen; key++) {
        let score = 0;
        let magnitude = 0;
        for (let i = 0; i < depth; i++) {
          const product = q[block * depth + i]! * k[base + key * depth + i]!;
          score += product;
          magnitude += Math.abs(product);
        }
        weight[key] = score * scale;
        weightError[key] = magnitude * scale * scoreShare;
        max = Math.max(max, weight[key]!);
      }
      let sum = 0;
      for (let key = 0; key < seen; key++) {
        const distance = max - weight[key]!;
        weight[key] = Math.exp(-distance);
        weightError[key] =
          2 * weightError[key]! + facts.sumRoundoff * (EXP_ROUNDINGS + 3 * distance);
        sum += weight[key]!;
      }
      for (let i = 0; i < depth; i++) {
        let out = 0;
        let error = 0;
        let squares = 0;
        for (let key = 0; key < seen; key++) {
          const share = weight[key]! / sum;
          const term = share * v[base + key * depth + i]!;
          const size = Math.abs(term);
          out += term;
          error += size * (weightError[key]! + sumShare);
          squares += size * size;
        }
        // Weights are rounded independently: their errors add up like a random walk.
        const rounded = ROUNDING_DEVIATIONS * facts.inputRoundoff * Math.sqrt(squares);
        value[i] = out;
        allowed[i] = facts.outputRoundoff * Math.abs(out) + error + rounded;
      }
    },
  };
}
