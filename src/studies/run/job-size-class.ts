/** Upper ends of the classes: gang sizes people ask for are powers of two. */
const CLASS_ENDS = [0, 0.999_999, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, Infinity];

/** Labels of all classes of job sizes, small jobs first. */
export const SIZE_CLASS_LABELS: readonly string[] = CLASS_ENDS.map((end, index) => {
  if (index === 0) return "CPU only";
  if (index === 1) return "part of a GPU";
  const from = Math.floor(CLASS_ENDS[index - 1]!) + 1;
  if (index === 2) return "1 GPU";
  if (end === Infinity) return `over ${from - 1} GPUs`;
  return from === end ? `${end} GPUs` : `${from}–${end} GPUs`;
});

/**
 * Index of the class of a job in `SIZE_CLASS_LABELS`.
 *
 * @param gpus GPUs of the whole gang; a fraction for a share of one
 * @returns -1 when it is no number
 */
export function sizeClassOf(gpus: number): number {
  return CLASS_ENDS.findIndex((end) => gpus <= end);
}
