import { distance } from "fastest-levenshtein";

/** Least similarity worth suggesting: 1 is equal, 0 has nothing in common (commander uses the same). */
const SIMILARITY_MIN = 0.4;

/** Longer names are not compared: nobody mistypes them, and the distance costs time in their product. */
const NAME_LENGTH_MAX = 200;

/**
 * The valid name that was probably meant, or undefined when none is near.
 *
 * A name that differs only in case, spaces, dots, `-` or `_` wins at once. Otherwise the least edit
 * distance wins, if (longer length − distance) / longer length > 0.4; ties go to the first in the list.
 */
export function didYouMean(name: string, candidates: readonly string[]): string | undefined {
  if (name.length > NAME_LENGTH_MAX) return undefined;
  const folded = fold(name);
  if (folded !== "") {
    const same = candidates.find((candidate) => fold(candidate) === folded);
    if (same !== undefined) return same === name ? undefined : same;
  }
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  const lowered = name.toLowerCase();
  for (const candidate of candidates) {
    const length = Math.max(name.length, candidate.length);
    const edits = distance(lowered, candidate.toLowerCase());
    if ((length - edits) / length > SIMILARITY_MIN && edits < bestDistance) {
      best = candidate;
      bestDistance = edits;
    }
  }
  return best;
}

function fold(name: string): string {
  return name.toLowerCase().replace(/[\s._-]/g, "");
}
