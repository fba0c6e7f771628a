import { createLivePart } from "../report/what-if/live-part.js";
import type { WhatIfAnswer } from "../report/what-if/what-if-part.js";
import type { CompareDocument } from "../studies/compare/compare-document.js";

/** The first configuration, live in the page, and the others of the same scenario to start from. */
export function liveComparison(
  { configurations }: CompareDocument,
  { seed, allowPath }: { readonly seed?: number; readonly allowPath: readonly string[] },
): Promise<WhatIfAnswer> {
  const [base, ...others] = configurations;
  const setsOf = ({ set }: (typeof configurations)[number]): readonly string[] =>
    set.map(({ path, value }) => `${path}=${value}`);
  return createLivePart({
    path: base!.scenario,
    sets: setsOf(base!),
    allowedFolders: allowPath,
    ...(seed === undefined ? {} : { seed }),
    starts: others
      .filter(({ scenario }) => scenario === base!.scenario)
      .map((one) => ({ name: one.name, sets: setsOf(one) })),
  });
}
