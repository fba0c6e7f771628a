/** First 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2). */
const ROUND_CONSTANTS = new Int32Array([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);
/** The same of the square roots of the first 8 primes (FIPS 180-4, 5.3.3). */
const INITIAL_STATE = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
] as const;

const BLOCK_BYTES = 64;

/** A running SHA-256 (FIPS 180-4) over chunks of bytes. */
export interface Sha256 {
  /** @throws Error after `hex` was called */
  update(bytes: Uint8Array): void;
  /** Ends the message; 64 lower-case hexadecimal digits. May be called again and gives the same. */
  hex(): string;
}

/** A SHA-256 with nothing in it yet. Pure, so that a browser worker can hash what it was handed. */
export function createSha256(): Sha256 {
  return new RunningSha256();
}

/** The SHA-256 of bytes, or of a string's UTF-8 bytes; 64 lower-case hexadecimal digits. */
export function sha256(data: Uint8Array | string): string {
  const hash = createSha256();
  hash.update(typeof data === "string" ? new TextEncoder().encode(data) : data);
  return hash.hex();
}

class RunningSha256 implements Sha256 {
  private readonly state = Int32Array.from(INITIAL_STATE, (word) => word | 0);
  private readonly schedule = new Int32Array(64);
  private readonly block = new Uint8Array(BLOCK_BYTES);
  private blockUsed = 0;
  private bytesSeen = 0;
  private digest: string | undefined;

  update(bytes: Uint8Array): void {
    if (this.digest !== undefined) throw new Error("sha256: update after hex; create a new hash");
    this.bytesSeen += bytes.length;
    let offset = 0;
    if (this.blockUsed > 0) {
      offset = Math.min(BLOCK_BYTES - this.blockUsed, bytes.length);
      this.block.set(bytes.subarray(0, offset), this.blockUsed);
      this.blockUsed += offset;
      if (this.blockUsed < BLOCK_BYTES) return;
      this.compress(this.block, 0);
      this.blockUsed = 0;
    }
    for (; offset + BLOCK_BYTES <= bytes.length; offset += BLOCK_BYTES)
      this.compress(bytes, offset);
    this.block.set(bytes.subarray(offset), 0);
    this.blockUsed = bytes.length - offset;
  }

  hex(): string {
    this.digest ??= this.finish();
    return this.digest;
  }

  private finish(): string {
    const bits = this.bytesSeen * 8;
    this.block[this.blockUsed++] = 0x80;
    if (this.blockUsed > BLOCK_BYTES - 8) {
      this.block.fill(0, this.blockUsed);
      this.compress(this.block, 0);
      this.blockUsed = 0;
    }
    this.block.fill(0, this.blockUsed);
    const view = new DataView(this.block.buffer);
    view.setUint32(BLOCK_BYTES - 8, Math.floor(bits / 0x100000000));
    view.setUint32(BLOCK_BYTES - 4, bits >>> 0);
    this.compress(this.block, 0);
    return Array.from(this.state, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  }

  private compress(bytes: Uint8Array, offset: number): void {
    const w = this.schedule;
    for (let i = 0, at = offset; i < 16; i++, at += 4) {
      w[i] = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
    }
    for (let i = 16; i < 64; i++) {
      const x = w[i - 15]!;
      const y = w[i - 2]!;
      const small0 = turnRight(x, 7) ^ turnRight(x, 18) ^ (x >>> 3);
      const small1 = turnRight(y, 17) ^ turnRight(y, 19) ^ (y >>> 10);
      w[i] = w[i - 16]! + small0 + w[i - 7]! + small1;
    }
    this.mix(w);
  }

  private mix(w: Int32Array): void {
    const state = this.state;
    let a = state[0]!;
    let b = state[1]!;
    let c = state[2]!;
    let d = state[3]!;
    let e = state[4]!;
    let f = state[5]!;
    let g = state[6]!;
    let h = state[7]!;
    for (let i = 0; i < 64; i++) {
      const big1 = turnRight(e, 6) ^ turnRight(e, 11) ^ turnRight(e, 25);
      const first = (h + big1 + ((e & f) ^ (~e & g)) + ROUND_CONSTANTS[i]! + w[i]!) | 0;
      const big0 = turnRight(a, 2) ^ turnRight(a, 13) ^ turnRight(a, 22);
      const second = (big0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + first) | 0;
      d = c;
      c = b;
      b = a;
      a = (first + second) | 0;
    }
    state[0]! += a;
    state[1]! += b;
    state[2]! += c;
    state[3]! += d;
    state[4]! += e;
    state[5]! += f;
    state[6]! += g;
    state[7]! += h;
  }
}

function turnRight(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}
