/** A whole GPU in thousandths. */
export const WHOLE_GPU_MILLI = 1000;
