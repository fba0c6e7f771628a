import type { Dtype } from "./kernel-spec.js";

/** What a number format costs and how exact it is. */
export interface DtypeFacts {
  /** Bytes of one input number in device memory. */
  readonly bytes: number;
  /** Bytes of one output number: fp8 results leave in bf16, as in LLM layers. */
  readonly outputBytes: number;
  /** Unit roundoff of an input number. */
  readonly inputRoundoff: number;
  /** Unit roundoff of an output number. */
  readonly outputRoundoff: number;
  /**
   * Unit roundoff of a running sum. Tensor cores cut where others round (one bit more); those of fp8 on
   * Hopper keep about 14 bits (DeepSeek-V3 technical report, arXiv 2412.19437, section 3.3.2).
   */
  readonly sumRoundoff: number;
}

const TWO_8 = 1 / 256;
const TWO_11 = 1 / 2048;
const TWO_24 = 1 / 16_777_216;

const FACTS: Readonly<Record<Dtype, DtypeFacts>> = {
  fp32: floating(4, TWO_24, TWO_24, TWO_24),
  tf32: floating(4, TWO_11, TWO_24, 2 * TWO_24),
  fp16: floating(2, TWO_11, TWO_11, 2 * TWO_24),
  bf16: floating(2, TWO_8, TWO_8, 2 * TWO_24),
  "fp8-e4m3": { ...floating(1, 1 / 16, TWO_8, 1 / 8192), outputBytes: 2 },
  u8: floating(1, 0, 0, 0),
  none: floating(0, 0, 0, 0),
};

function floating(bytes: number, input: number, output: number, sum: number): DtypeFacts {
  return {
    bytes,
    outputBytes: bytes,
    inputRoundoff: input,
    outputRoundoff: output,
    sumRoundoff: sum,
  };
}

/** Sizes and roundoffs of a number format. */
export function dtypeFacts(dtype: Dtype): DtypeFacts {
  return FACTS[dtype];
}

const floatView = new Float32Array(1);
const bitView = new Uint32Array(floatView.buffer);

/** Significant bits that a format of 32-bit layout keeps of fp32's 23. */
const KEPT_BITS: Readonly<Partial<Record<Dtype, number>>> = { tf32: 10, bf16: 7 };

/** Rounds every number, in place, to the nearest one the format has; ties to even, beyond the range to its end. */
export function roundToDtype(values: Float32Array, dtype: Dtype): void {
  const kept = KEPT_BITS[dtype];
  if (kept !== undefined) {
    for (let i = 0; i < values.length; i++) values[i] = roundBits(values[i]!, 23 - kept);
  } else if (dtype === "fp16") {
    for (let i = 0; i < values.length; i++) values[i] = fp16ToNumber(fp16Bits(values[i]!));
  } else if (dtype === "fp8-e4m3") {
    for (let i = 0; i < values.length; i++) values[i] = fp8ToNumber(fp8Bits(values[i]!));
  }
}

function roundBits(value: number, dropped: number): number {
  floatView[0] = value;
  const bits = bitView[0]!;
  const half = 1 << (dropped - 1);
  const odd = (bits >>> dropped) & 1;
  bitView[0] = ((bits + half - 1 + odd) >>> dropped) << dropped;
  return floatView[0]!;
}

/** Bits of the numbers in the format's own layout, as device memory holds them. */
export function encodeDtype(values: Float32Array, dtype: Dtype): Uint8Array {
  if (dtype === "fp32" || dtype === "tf32") {
    return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  }
  // Plain loops: arrays of a large model's layer have 10⁸ numbers, and `from` takes each through an iterator.
  const toBits = dtype === "fp8-e4m3" ? fp8Bits : dtype === "fp16" ? fp16Bits : bf16Bits;
  const bits =
    dtype === "fp8-e4m3" ? new Uint8Array(values.length) : new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) bits[i] = toBits(values[i]!);
  return new Uint8Array(bits.buffer);
}

/** Numbers from the format's own layout. `count` numbers are read from the start of the bytes. */
export function decodeDtype(bytes: Uint8Array, dtype: Dtype, count: number): Float32Array {
  const copy = bytes.slice(0, count * Math.max(1, dtypeFacts(dtype).bytes)).buffer;
  if (dtype === "fp32" || dtype === "tf32") return new Float32Array(copy, 0, count);
  const toNumber =
    dtype === "fp8-e4m3" ? fp8ToNumber : dtype === "fp16" ? fp16ToNumber : bf16ToNumber;
  const bits = dtype === "fp8-e4m3" ? new Uint8Array(copy) : new Uint16Array(copy, 0, count);
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = toNumber(bits[i]!);
  return values;
}

function bf16Bits(value: number): number {
  if (Number.isNaN(value)) return 0x7fc0;
  floatView[0] = roundBits(value, 16);
  return bitView[0]! >>> 16;
}

function bf16ToNumber(bits: number): number {
  bitView[0] = bits << 16;
  return floatView[0]!;
}

/** IEEE 754 binary16, round to nearest even. Overflow gives infinity. */
function fp16Bits(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  if (size >= 65_520) return sign | 0x7c00;
  if (size < 2 ** -14) return sign | roundEven(size * 2 ** 24);
  const exponent = exponentOf(size);
  return sign | ((exponent + 14) * 1024 + roundEven((size / 2 ** exponent) * 1024));
}

function fp16ToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** OCP FP8 E4M3: bias 7, no infinity, largest 448 (values beyond it are held at 448), 0x7f is NaN. */
function fp8Bits(value: number): number {
  if (Number.isNaN(value)) return 0x7f;
  const sign = value < 0 || Object.is(value, -0) ? 0x80 : 0;
  const size = Math.min(448, Math.abs(value));
  if (size < 2 ** -6) return sign | roundEven(size * 2 ** 9);
  const exponent = exponentOf(size);
  return sign | Math.min(0x7e, (exponent + 6) * 8 + roundEven((size / 2 ** exponent) * 8));
}

function fp8ToNumber(bits: number): number {
  const sign = bits & 0x80 ? -1 : 1;
  const exponent = (bits >>> 3) & 15;
  const fraction = bits & 7;
  if ((bits & 0x7f) === 0x7f) return Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -9;
  return sign * (1 + fraction / 8) * 2 ** (exponent - 7);
}

/** ⌊log2⌋ of a positive fp32 number that is not subnormal. */
function exponentOf(size: number): number {
  floatView[0] = size;
  return (bitView[0]! >>> 23) - 127;
}

function roundEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
