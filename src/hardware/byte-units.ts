/** 2^20 bytes. */
export const MEBIBYTE = 1_048_576;

/** 2^30 bytes. */
export const GIBIBYTE = 1_073_741_824;
