/* What the simulator uses of `node:crypto`. */
import { sha256 } from "../../base/sha256.js";

interface Hash {
  update(piece: string | Uint8Array): Hash;
  digest(encoding: "hex"): string;
}

/** SHA-256 of everything it is given. */
export function createHash(algorithm: string): Hash {
  if (algorithm !== "sha256") throw new Error(`browser: no ${algorithm} here`);
  const pieces: Uint8Array[] = [];
  const hash: Hash = {
    update(piece) {
      pieces.push(typeof piece === "string" ? new TextEncoder().encode(piece) : piece);
      return hash;
    },
    digest: () => sha256(joined(pieces)),
  };
  return hash;
}

/** Pieces after each other in one array. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
