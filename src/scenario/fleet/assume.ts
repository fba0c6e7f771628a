import type { Assumption } from "../resolved.js";

/** Notes a number that the run uses; a second one with the same id takes the place of the first. */
export type Assume = (assumption: Assumption) => void;
