/* What the simulator uses of `node:zlib`, over the browser's own decompression. */
import { joined } from "./crypto.js";

/** The decompressed bytes of complete gzip. */
export function gunzip(
  bytes: Uint8Array,
  _options: unknown,
  done: (error: Error | null, result?: Uint8Array) => void,
): void {
  inflate(bytes).then(
    (result) => {
      done(null, result);
    },
    (error: unknown) => {
      done(error as Error);
    },
  );
}

/** A stream that is written pieces of gzip and read decompressed ones. */
export interface Gunzip extends AsyncIterable<Uint8Array> {
  destroyed: boolean;
  write(piece: Uint8Array): boolean;
  end(): void;
  destroy(error?: Error): void;
  once(event: string, listener: () => void): void;
}

/** As in Node, without pressure back: what a page carries is in memory already. */
export function createGunzip(): Gunzip {
  const pieces: Uint8Array[] = [];
  let finish: (() => void) | undefined;
  let fail: ((error: Error) => void) | undefined;
  const complete = new Promise<void>((resolve, reject) => {
    finish = resolve;
    fail = reject;
  });
  return {
    destroyed: false,
    write(piece) {
      pieces.push(piece);
      return true;
    },
    end() {
      finish?.();
    },
    destroy(error) {
      this.destroyed = true;
      if (error === undefined) finish?.();
      else fail?.(error);
    },
    once: () => undefined,
    async *[Symbol.asyncIterator]() {
      await complete;
      yield await inflate(joined(pieces));
    },
  };
}

async function inflate(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream as ReadableStream<Uint8Array>).arrayBuffer());
}
