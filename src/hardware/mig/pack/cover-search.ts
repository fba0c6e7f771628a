import { relaxCover, type CoverRelaxation } from "./exact-cover-program.js";

/** Fewest patterns that cover a demand, and how it is known. */
export interface CoverSolution {
  /** Copies of each pattern. */
  readonly copies: readonly number[];
  /** Sum of the copies. */
  readonly count: number;
  /** No fewer will do; equal to `count` when that is proven. */
  readonly lowerBound: number;
  /** Linear programs solved; 1 when the relaxation alone proved the answer. */
  readonly programsSolved: number;
  /** The relaxation of the whole problem. */
  readonly relaxation: CoverRelaxation;
}

/** Programs solved before the search gives up and states its bound; far beyond what layouts of one GPU need. */
const PROGRAMS_MAX = 5_000;

/**
 * Branch and bound over exact relaxations: covers the demand with the fewest patterns.
 *
 * A fractional copy count splits the problem into "at most so many" and "at least one more". A branch ends
 * when its bound, rounded up, cannot beat the best cover known. When the number of programs runs out, the
 * answer carries the bound that was reached.
 *
 * @returns undefined when some row is covered by no pattern
 */
export function coverWithFewest(
  patterns: readonly (readonly number[])[],
  demand: readonly number[],
  programsMax = PROGRAMS_MAX,
): CoverSolution | undefined {
  const relaxation = relaxCover({ patterns, demand });
  if (relaxation === undefined) return undefined;
  let best = roundedCover(patterns, demand, relaxation);
  let programsSolved = 1;
  let openBound: number | undefined;
  const explore = (node: Node, relaxed: CoverRelaxation): void => {
    const { taken, takenCount, caps, rest } = node;
    const bound = takenCount + relaxed.bound;
    if (bound >= total(best)) return;
    const rounded = roundedCover(patterns, rest, relaxed);
    if (respects(rounded, caps) && takenCount + total(rounded) < total(best)) {
      best = rounded.map((copies, pattern) => copies + (taken.get(pattern) ?? 0));
    }
    const pattern = mostFractional(relaxed);
    // A whole relaxation is a cover, and `rounded` was it: nothing better below.
    if (pattern === undefined || bound >= total(best)) return;
    const floor = Number(relaxed.copies[pattern]! / relaxed.denominator);
    const capped = new Map(caps).set(pattern, Math.min(floor, caps.get(pattern) ?? floor));
    for (const part of [
      withAtLeast(node, patterns, pattern, floor + 1),
      { ...node, caps: capped },
    ]) {
      if (programsSolved >= programsMax) {
        openBound = Math.min(openBound ?? bound, bound);
        continue;
      }
      programsSolved += 1;
      const next = relaxCover({ patterns, demand: part.rest, caps: part.caps });
      if (next !== undefined) explore(part, next);
    }
  };
  explore({ taken: new Map(), takenCount: 0, caps: new Map(), rest: demand }, relaxation);
  const count = total(best);
  return {
    copies: best,
    count,
    lowerBound: Math.min(count, openBound ?? count),
    programsSolved,
    relaxation,
  };
}

/** A part of the problem: copies already taken, caps on others, and what remains to be covered. */
interface Node {
  readonly taken: ReadonlyMap<number, number>;
  readonly takenCount: number;
  readonly caps: ReadonlyMap<number, number>;
  readonly rest: readonly number[];
}

/** Takes copies of a pattern for good; what they cover is no longer needed, and caps shrink by them. */
function withAtLeast(
  node: Node,
  patterns: readonly (readonly number[])[],
  pattern: number,
  copies: number,
): Node {
  const cap = node.caps.get(pattern);
  return {
    ...node,
    taken: new Map(node.taken).set(pattern, (node.taken.get(pattern) ?? 0) + copies),
    takenCount: node.takenCount + copies,
    caps: cap === undefined ? node.caps : new Map(node.caps).set(pattern, cap - copies),
    rest: node.rest.map((need, row) => Math.max(0, need - copies * patterns[pattern]![row]!)),
  };
}

function total(copies: readonly number[]): number {
  return copies.reduce((sum, each) => sum + each, 0);
}

function respects(copies: readonly number[], caps: ReadonlyMap<number, number>): boolean {
  return [...caps].every(([pattern, cap]) => copies[pattern]! <= cap);
}

/** The pattern whose copies are closest to a half; ties go to the first. */
function mostFractional({ copies, denominator }: CoverRelaxation): number | undefined {
  let best: number | undefined;
  let bestDistance = denominator;
  for (const [pattern, value] of copies.entries()) {
    const fraction = value % denominator;
    if (fraction === 0n) continue;
    const twice = 2n * fraction - denominator;
    const distance = twice < 0n ? -twice : twice;
    if (best === undefined || distance < bestDistance) {
      best = pattern;
      bestDistance = distance;
    }
  }
  return best;
}

/** Whole copies of the relaxation, then greedily what covers most of the rest. */
function roundedCover(
  patterns: readonly (readonly number[])[],
  demand: readonly number[],
  { copies, denominator, worth }: CoverRelaxation,
): readonly number[] {
  const whole = copies.map((value) => Number(value / denominator));
  const rest = demand.map((need, row) =>
    Math.max(0, need - patterns.reduce((sum, pattern, p) => sum + pattern[row]! * whole[p]!, 0)),
  );
  // What the relaxation holds dear is covered first; one more than its worth, so that free rows count too.
  const value = worth.map((each) => Number(each) / Number(denominator) + 1e-6);
  while (rest.some((need) => need > 0)) {
    let best = 0;
    let bestGain = -1;
    for (const [index, pattern] of patterns.entries()) {
      const gain = pattern.reduce(
        (sum, units, row) => sum + Math.min(units, rest[row]!) * value[row]!,
        0,
      );
      if (gain > bestGain) {
        best = index;
        bestGain = gain;
      }
    }
    whole[best] = whole[best]! + 1;
    for (const [row, units] of patterns[best]!.entries())
      rest[row] = Math.max(0, rest[row]! - units);
  }
  return whole;
}
