import {
  createOctaveHistogram,
  type EvenRun,
  type OctaveHistogram,
} from "../../../stats/octave-histogram.js";

/**
 * Times between one token of a request and the next, over all requests and by class.
 *
 * Every token counts once; how often each length came up is exact, lengths are told apart to 0.4 %. A stretch
 * of decode steps is entered as one run of evenly growing times, not token by token.
 */
export interface TokenGaps {
  /** True when gaps of several classes are told apart. */
  readonly hasClasses: boolean;
  add(seconds: number, classIndex: number): void;
  /** So many requests, of each class, emitted a token in each of the steps. */
  addEvenly(run: EvenRun, requests: number, ofClass: ArrayLike<number> | undefined): void;
  /** Of one class; of all without a class. */
  histogram(classIndex?: number): OctaveHistogram;
}

/** Makes an empty record. @param classes of requests, at least 1 */
export function createTokenGaps(classes: number): TokenGaps {
  const all = createOctaveHistogram();
  const byClass = classes > 1 ? Array.from({ length: classes }, () => createOctaveHistogram()) : [];
  return {
    hasClasses: classes > 1,
    add(seconds, classIndex) {
      all.add(seconds, 1);
      byClass[classIndex]?.add(seconds, 1);
    },
    addEvenly(run, requests, ofClass) {
      all.addEvenly(run, requests);
      if (ofClass === undefined) return;
      for (let index = 0; index < byClass.length; index++)
        byClass[index]!.addEvenly(run, ofClass[index]!);
    },
    histogram: (classIndex) => (classIndex === undefined ? all : (byClass[classIndex] ?? all)),
  };
}
