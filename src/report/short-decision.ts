import type { ResultDocument } from "../studies/run/result-document.js";

/** Variants that a sentence can hold; of more a table tells better. */
const VARIANTS_MAX = 4;

/** The decision without what it says of the variants, where there are many of them. */
export function shortDecision({
  decision,
  variants,
}: Pick<ResultDocument, "decision" | "variants">): string {
  if (variants.length <= VARIANTS_MAX) return decision;
  const firstVariant = decision.indexOf(` With “${variants[0]!.name}” `);
  return firstVariant === -1 ? decision : decision.slice(0, firstVariant);
}
