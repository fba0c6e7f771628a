import type { CompareRequest } from "./compare-request.js";

/** Which configurations are held against which, by their places. */
export function pairsOf({
  configurations,
  pairs,
}: Pick<CompareRequest, "pairs"> & {
  readonly configurations: readonly unknown[];
}): readonly (readonly [number, number])[] {
  const places = configurations.map((_, index) => index);
  const firsts = pairs === "all" ? places : places.slice(0, 1);
  return firsts.flatMap((first) =>
    places.slice(first + 1).map((second) => [first, second] as const),
  );
}
