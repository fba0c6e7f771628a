/* Names that Node programs find without importing them. */
import { joined } from "./crypto.js";

/** The two functions of Node's `Buffer` that readers use. */
export const Buffer = {
  alloc: (length: number): Uint8Array => new Uint8Array(length),
  concat: (pieces: readonly Uint8Array[], length?: number): Uint8Array =>
    joined(pieces).subarray(0, length),
};
