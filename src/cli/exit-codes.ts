/** What the process says to its caller. A slow system is never the same code as a wrong script. */
export const EXIT_CODES = {
  done: 0,
  /** A gate, goal or check failed: the tool worked, the answer is no. */
  failed: 1,
  /** Bad input or usage, or nowhere to write to: nothing was written. */
  badInput: 2,
  /** Could not measure: data, device or permission is missing. */
  cannotMeasure: 3,
  /** A defect in Headroom itself. */
  defect: 70,
  interrupted: 130,
} as const;
