/**
 * Elementary functions that give the same bits on every engine.
 *
 * `Math.exp`, `log`, `pow`, `**` and the trigonometric functions differ in the last bit between
 * versions of V8 and between browsers, and one last bit turns a tie of two events around. These use
 * only `+ - * /` and `Math.sqrt`, which IEEE 754 defines to the last bit.
 */
export { exp, expm1 } from "./elementary/exp.js";
export { log, log1p } from "./elementary/log.js";
export { log10, log2 } from "./elementary/log-bases.js";
export { pow } from "./elementary/pow.js";
export { cos, sin, tan } from "./elementary/trigonometry.js";
export { acos, asin, atan, atan2 } from "./elementary/inverse-trigonometry.js";
export { cosh, sinh, tanh } from "./elementary/hyperbolic.js";
export { cbrt, hypot } from "./elementary/roots.js";
