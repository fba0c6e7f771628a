// A small machine for PTX: executes the very text that the cuda backend ships, thread by thread, so that its kernels can
// be checked against the float64 reference where there is no GPU. It knows the instructions that the kernels use and
// refuses all others. What it cannot tell: how fast they are, and what only parallel threads would show (races).

import {
  Assembler,
  type BlockState,
  type Instruction,
  type PtxLaunch,
  type Read,
  type Thread,
} from "./ptx-instructions.js";

/** One kernel of a module. */
export interface PtxKernel {
  readonly parameters: readonly { readonly name: string; readonly type: string }[];
  readonly code: readonly Instruction[];
  readonly slots: number;
  /** Bytes of static shared memory, and where the dynamic one begins. */
  readonly sharedBytes: number;
}

const WARP = 32;

/** Parses the kernels of a module. @throws Error for anything this machine does not know */
export function parsePtx(text: string): ReadonlyMap<string, PtxKernel> {
  const kernels = new Map<string, PtxKernel>();
  const outside = text.replace(/\{[^]*?\n\}/g, "");
  for (const [, name, parameters, body] of text.matchAll(
    /\.visible \.entry (\w+)\(([^)]*)\)[^{]*\{\n([^]*?)\n\}/g,
  )) {
    kernels.set(name!, parseKernel(parameters!, body!, outside));
  }
  return kernels;
}

function parseKernel(parameters: string, body: string, outside: string): PtxKernel {
  const shared = new Map<string, number>();
  let sharedBytes = 0;
  for (const [, name, bytes] of body.matchAll(/^\.shared \.align \d+ \.b8 (\w+)\[(\d+)\];/gm)) {
    shared.set(name!, sharedBytes);
    sharedBytes += Math.ceil(Number(bytes) / 16) * 16;
  }
  // nvcc puts some of them outside the kernels.
  for (const [, name, bytes] of outside.matchAll(/^\.shared \.align \d+ \.b8 (\w+)\[(\d+)\];/gm)) {
    shared.set(name!, sharedBytes);
    sharedBytes += Math.ceil(Number(bytes) / 16) * 16;
  }
  shared.set("shared_memory", sharedBytes);
  const assembler = new Assembler(shared);
  const lines = body
    .split("\n")
    .map((line) => line.replace(/;$/, ""))
    .filter((line) => !line.startsWith("."));
  const code: string[] = [];
  for (const line of lines) {
    const label = /^(\$\w+):$/.exec(line)?.[1];
    if (label === undefined) code.push(line);
    else assembler.labels.set(label, code.length);
  }
  const names = [...parameters.matchAll(/\.param \.(\w+) (\w+)/g)];
  names.forEach(([, , name], index) => assembler.parameters.set(name!, index));
  const instructions = code.map((line) => assembler.assemble(line));
  return {
    parameters: names.map(([, type, name]) => ({ name: name!, type: type! })),
    code: instructions,
    slots: assembler.registers.size,
    sharedBytes,
  };
}

/** Runs one launch. @throws Error when threads wait for each other in vain, or outside of `memory` */
export function runPtx(kernel: PtxKernel, launch: PtxLaunch, memory: ArrayBuffer): void {
  const global = new DataView(memory);
  for (let y = 0; y < launch.grid[1]; y++) {
    for (let x = 0; x < launch.grid[0]; x++) {
      const shared = new DataView(new ArrayBuffer(kernel.sharedBytes + launch.sharedBytes));
      runBlock(kernel, { launch, ctaid: [x, y], global, shared });
    }
  }
}

function runBlock({ code, slots }: PtxKernel, block: BlockState): void {
  const [width, height] = block.launch.block;
  const threads = Array.from({ length: width * height }, (_, index): Thread => {
    const tid = [index % width, Math.floor(index / width)] as const;
    return { registers: new Float64Array(slots), tid, block, at: 0, waits: 0 };
  });
  for (;;) {
    for (const thread of threads) while (thread.waits === 0) code[thread.at]!(thread);
    let moved = false;
    for (let first = 0; first < threads.length; first += WARP) {
      moved = shuffleWarp(code, threads.slice(first, first + WARP)) || moved;
    }
    if (moved) continue;
    const waiting = threads.filter(({ waits }) => waits !== 3);
    if (waiting.length === 0) return;
    // Threads that have returned do not hold up a barrier.
    if (waiting.some(({ waits, at }) => waits !== 2 || at !== waiting[0]!.at)) {
      throw new Error("ptx machine: threads wait in different places");
    }
    for (const thread of waiting) {
      thread.at += 1;
      thread.waits = 0;
    }
  }
}

interface Shuffle {
  readonly target: number;
  readonly value: Read;
  readonly step: Read;
}

function shuffleWarp(code: readonly Instruction[], warp: readonly Thread[]): boolean {
  if (!warp.some(({ waits }) => waits === 1)) return false;
  if (warp.some(({ waits, at }) => waits !== 1 || at !== warp[0]!.at)) return false;
  const { target, value, step } = code[warp[0]!.at] as unknown as Shuffle;
  const values = warp.map((thread) => value(thread));
  const partners = warp.map((thread, lane) => values[lane ^ step(thread)]!);
  warp.forEach((thread, lane) => {
    thread.registers[target] = partners[lane]!;
    thread.at += 1;
    thread.waits = 0;
  });
  return true;
}
