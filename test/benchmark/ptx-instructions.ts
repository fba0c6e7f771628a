// The instructions of `ptx-machine.ts`.
/** One launch: arguments in order, addresses and numbers alike. */
export interface PtxLaunch {
  readonly grid: readonly [number, number];
  readonly block: readonly [number, number];
  readonly sharedBytes: number;
  readonly arguments: readonly number[];
}

/** One thread of a block. */
export interface Thread {
  readonly registers: Float64Array;
  readonly tid: readonly [number, number];
  readonly block: BlockState;
  at: number;
  /** Where it waits: 0 nowhere, 1 for its warp, 2 for its block, 3 done. */
  waits: 0 | 1 | 2 | 3;
}

/** What the threads of a block share. */
export interface BlockState {
  readonly launch: PtxLaunch;
  readonly ctaid: readonly [number, number];
  readonly global: DataView;
  readonly shared: DataView;
}

/** One step of a thread. */
export type Instruction = (thread: Thread) => void;
/** Value of an operand. */
export type Read = (thread: Thread) => number;

const view = new DataView(new ArrayBuffer(8));
const floatBits = (value: number): number => (view.setFloat32(0, value), view.getUint32(0));
const bitsFloat = (bits: number): number => (view.setUint32(0, bits), view.getFloat32(0));

function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0
    ? sign * fraction * 2 ** -24
    : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Nearest half by trying: plain enough to be right. */
function numberToHalf(value: number): number {
  const sign = value < 0 ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size >= 65_520) return sign | 0x7c00;
  let low = 0;
  let high = 0x7bff;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (halfToNumber(middle) <= size) low = middle;
    else high = middle - 1;
  }
  const below = size - halfToNumber(low);
  const above = halfToNumber(low + 1) - size;
  return sign | (below < above || (below === above && low % 2 === 0) ? low : low + 1);
}

type Binary = (left: number, right: number) => number;
const { fround } = Math;
const TWO_32 = 4_294_967_296;
const BINARY: Readonly<Record<string, Binary>> = {
  "add.s32": (a, b) => (a + b) >>> 0,
  "sub.s32": (a, b) => (a - b) >>> 0,
  "mul.lo.s32": (a, b) => Math.imul(a, b) >>> 0,
  "div.u32": (a, b) => Math.floor(a / b),
  "min.u32": Math.min,
  "shl.b32": (a, b) => (a << b) >>> 0,
  "shr.u32": (a, b) => a >>> b,
  "and.b32": (a, b) => (a & b) >>> 0,
  "or.b32": (a, b) => (a | b) >>> 0,
  "add.s64": (a, b) => a + b,
  "sub.s64": (a, b) => a - b,
  "mul.lo.s64": (a, b) => a * b,
  "mul.wide.u32": (a, b) => a * b,
  "div.u64": (a, b) => Math.floor(a / b),
  "shl.b64": (a, b) => a * 2 ** b,
  "and.b64": (a, b) => (b === 4_294_967_295 ? a % TWO_32 : Number(BigInt(a) & BigInt(b))),
  "add.f32": (a, b) => fround(a + b),
  "sub.f32": (a, b) => fround(a - b),
  "mul.f32": (a, b) => fround(a * b),
  "max.f32": Math.max,
  "div.rn.f32": (a, b) => fround(a / b),
  "and.pred": (a, b) => a & b,
  "or.pred": (a, b) => a | b,
};
const UNARY: Readonly<Record<string, (value: number) => number>> = {
  "mov.u32": (a) => a,
  "mov.u16": (a) => a,
  "mov.f32": (a) => a,
  "cvt.u64.u32": (a) => a,
  "cvt.u32.u64": (a) => a % TWO_32,
  "cvt.u32.u16": (a) => a,
  "cvt.u16.u32": (a) => a & 0xffff,
  "cvt.f32.f16": halfToNumber,
  "cvt.rn.f16.f32": numberToHalf,
  "cvta.to.global.u64": (a) => a,
  "ex2.approx.ftz.f32": (a) => fround(2 ** a),
  "rcp.rn.f32": (a) => fround(1 / a),
  "not.b32": (a) => ~a >>> 0,
};
const COMPARE: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  lt: (a, b) => a < b,
  ge: (a, b) => a >= b,
  gt: (a, b) => a > b,
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
};
const SIZES: Readonly<Record<string, number>> = { f32: 4, u32: 4, u16: 2, u64: 8 };

/** Turns lines of PTX into steps. */
export class Assembler {
  readonly registers = new Map<string, number>();
  readonly labels = new Map<string, number>();
  readonly parameters = new Map<string, number>();

  /** False while an instruction on 32 bits is assembled: its negative numbers are large ones. */
  private isWide = true;

  constructor(private readonly shared: ReadonlyMap<string, number>) {}

  assemble(line: string): Instruction {
    const [, guard, name = "", rest = ""] = /^(?:@(!?%p\d+) )?([\w.]+)(?: (.*))?$/.exec(line) ?? [];
    const step = this.instruction(name, rest, line);
    if (guard === undefined) return step;
    const slot = this.slot(guard.replace("!", ""));
    const wanted = guard.startsWith("!") ? 0 : 1;
    return (thread) => {
      if (thread.registers[slot] === wanted) step(thread);
      else thread.at += 1;
    };
  }

  private instruction(name: string, rest: string, line: string): Instruction {
    this.isWide = !/\.[usb]32$/.test(name);
    const parts = (rest.match(/\{[^}]*\}|\[[^\]]*\]|[^,\s]+/g) ?? []).map((part) => part.trim());
    if (name === "ret") return (thread) => void (thread.waits = 3);
    if (name === "bar.sync") return (thread) => void (thread.waits = 2);
    if (name === "bra" || name === "bra.uni") return this.branch(parts[0]!);
    if (name === "shfl.sync.bfly.b32") return this.shuffle(parts);
    if (name.startsWith("ld.") || name.startsWith("st.")) return this.memory(name, parts, line);
    if (name.startsWith("setp.")) {
      const compare = COMPARE[name.split(".")[1]!]!;
      return this.store(
        parts[0]!,
        this.pair(parts, (a, b) => (compare(a, b) ? 1 : 0)),
      );
    }
    if (name === "mov.b32") return this.pun(parts);
    if (name.startsWith("selp.")) {
      const [yes, no, which] = [parts[1], parts[2], parts[3]].map((part) => this.read(part!));
      return this.store(parts[0]!, (thread) => (which!(thread) === 1 ? yes! : no!)(thread));
    }
    if (name === "fma.rn.f32" || name === "mad.lo.s32") {
      const [a, b, c] = [parts[1], parts[2], parts[3]].map((part) => this.read(part!));
      return this.store(
        parts[0]!,
        name === "fma.rn.f32"
          ? (thread) => fround(a!(thread) * b!(thread) + c!(thread))
          : (thread) => (Math.imul(a!(thread), b!(thread)) + c!(thread)) >>> 0,
      );
    }
    const unary = UNARY[name];
    if (unary !== undefined) {
      const value = this.read(parts[1]!);
      return this.store(parts[0]!, (thread) => unary(value(thread)));
    }
    const binary = BINARY[name];
    if (binary === undefined) throw new Error(`ptx machine: unknown instruction: ${line}`);
    return this.store(parts[0]!, this.pair(parts, binary));
  }

  private pair(parts: readonly string[], operation: Binary): Read {
    const [left, right] = [this.read(parts[1]!), this.read(parts[2]!)];
    return (thread) => operation(left(thread), right(thread));
  }

  private store(register: string, value: Read): Instruction {
    const slot = this.slot(register);
    return (thread) => {
      thread.registers[slot] = value(thread);
      thread.at += 1;
    };
  }

  private branch(label: string): Instruction {
    return (thread) => void (thread.at = this.labels.get(label)!);
  }

  /** mov.b32 between kinds of registers, and between one of 32 bits and two of 16. */
  private pun(parts: readonly string[]): Instruction {
    const [to, from] = [parts[0]!, parts[1]!];
    if (to.startsWith("{")) {
      const [low, high] = to
        .slice(1, -1)
        .split(/,\s*/)
        .map((name) => this.slot(name));
      const value = this.read(from);
      return (thread) => {
        thread.registers[low!] = value(thread) & 0xffff;
        thread.registers[high!] = value(thread) >>> 16;
        thread.at += 1;
      };
    }
    if (from.startsWith("{")) {
      const [low, high] = from
        .slice(1, -1)
        .split(/,\s*/)
        .map((name) => this.read(name));
      return this.store(to, (thread) => (low!(thread) | (high!(thread) << 16)) >>> 0);
    }
    const value = this.read(from);
    const [toFloat, fromFloat] = [/^%f\d/.test(to), /^%f\d/.test(from)];
    if (toFloat === fromFloat) return this.store(to, value);
    return this.store(
      to,
      toFloat ? (thread) => bitsFloat(value(thread)) : (thread) => floatBits(value(thread)),
    );
  }

  private shuffle(parts: readonly string[]): Instruction {
    const [to] = parts[0]!.split("|");
    const target = this.slot(to!);
    const [value, step] = [this.read(parts[1]!), this.read(parts[2]!)];
    return Object.assign((thread: Thread) => void (thread.waits = 1), { target, value, step });
  }

  private memory(name: string, parts: readonly string[], line: string): Instruction {
    const words = name.split(".");
    const isLoad = words[0] === "ld";
    const type = words.at(-1)!;
    const size = SIZES[type];
    if (size === undefined) throw new Error(`ptx machine: unknown type: ${line}`);
    const [place, values] = isLoad ? [parts[1]!, parts[0]!] : [parts[0]!, parts[1]!];
    if (words[1] === "param") {
      const index = this.parameters.get(place.slice(1, -1))!;
      return this.store(values, ({ block }) => block.launch.arguments[index]!);
    }
    const [, base, offset = "0"] = /^\[([%\w]+)(?:\+(-?\d+))?\]$/.exec(place)!;
    const address = this.read(base!);
    const names = values.startsWith("{") ? values.slice(1, -1).split(/,\s*/) : [values];
    const slots = names.map((register) => (isLoad ? this.slot(register) : -1));
    const reads = isLoad ? [] : names.map((register) => this.read(register));
    const isShared = words[1] === "shared";
    return (thread) => {
      const memory = isShared ? thread.block.shared : thread.block.global;
      const first = address(thread) + Number(offset);
      // Wide accesses that are not aligned are an error on a GPU.
      if (first % (size * names.length) !== 0) throw new Error(`ptx machine: not aligned: ${line}`);
      for (let i = 0; i < names.length; i++) {
        if (isLoad) thread.registers[slots[i]!] = load(memory, first + size * i, type);
        else save(memory, first + size * i, type, reads[i]!(thread));
      }
      thread.at += 1;
    };
  }

  private slot(register: string): number {
    const known = this.registers.get(register);
    if (known !== undefined) return known;
    this.registers.set(register, this.registers.size);
    return this.registers.size - 1;
  }

  private read(operand: string): Read {
    const special = SPECIAL[operand];
    if (special !== undefined) return special;
    if (operand.startsWith("%")) {
      const slot = this.slot(operand);
      return (thread) => thread.registers[slot]!;
    }
    const place = this.shared.get(operand);
    const given = place ?? literal(operand);
    const value = this.isWide || given >= 0 ? given : given >>> 0;
    return () => value;
  }
}

const SPECIAL: Readonly<Record<string, Read>> = {
  "%tid.x": ({ tid }) => tid[0],
  "%tid.y": ({ tid }) => tid[1],
  "%ntid.x": ({ block }) => block.launch.block[0],
  "%ctaid.x": ({ block }) => block.ctaid[0],
  "%ctaid.y": ({ block }) => block.ctaid[1],
  "%nctaid.x": ({ block }) => block.launch.grid[0],
};

function literal(text: string): number {
  if (/^0f[0-9A-F]{8}$/.test(text)) return bitsFloat(parseInt(text.slice(2), 16));
  if (!/^-?\d+$/.test(text)) throw new Error(`ptx machine: unknown operand ${text}`);
  return Number(text);
}

function load(memory: DataView, address: number, type: string): number {
  if (type === "f32") return memory.getFloat32(address, true);
  return type === "u32" ? memory.getUint32(address, true) : memory.getUint16(address, true);
}

function save(memory: DataView, address: number, type: string, value: number): void {
  if (type === "f32") memory.setFloat32(address, value, true);
  else if (type === "u32") memory.setUint32(address, value, true);
  else memory.setUint16(address, value, true);
}
