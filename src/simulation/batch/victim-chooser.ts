/** Decides whose room a waiting job takes when there is none free for it. */
export interface VictimChooser {
  /**
   * Names running jobs whose rooms, taken away one after the other, make room for the job.
   *
   * @param forEachCandidate walks the jobs that may be stopped for it, the most dispensable first, until
   *   `visit` returns true
   * @returns in the order in which to take rooms away; undefined when stopping all would not help
   */
  choose(
    job: number,
    demand: number,
    forEachCandidate: (visit: (victim: number) => boolean) => void,
  ): readonly number[] | undefined;
}
