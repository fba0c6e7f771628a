/**
 * Quantities as people write them, to and from base units: seconds, bytes, thousandths of a core,
 * shares in 0..1, counts. Reading never throws; writing uses no locale.
 */
export type { Parsed } from "./units/parsed.js";
export { parseDuration } from "./units/parse-duration.js";
export { parseBytes } from "./units/parse-bytes.js";
export { parseCount, parseCpuMilli, parseShare } from "./units/parse-number.js";
export { formatBytes, formatDuration, formatNumber } from "./units/format.js";
