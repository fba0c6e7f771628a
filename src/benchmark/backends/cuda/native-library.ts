import { existsSync } from "node:fs";
import { join } from "node:path";

import type { LibraryHandle } from "koffi";

import { BackendError } from "../../backend.js";

/** What can be handed to a C function: numbers, pointers (bigint), memory, text, null. */
export type NativeValue = number | bigint | string | null | ArrayBufferView;

/** A C function that returns a status. */
export type NativeFunction = (...args: readonly NativeValue[]) => number;

/** Types of the arguments of C functions by name, in the words of the FFI; all return an int. */
export type Prototypes = Readonly<Record<string, readonly string[]>>;

/** Functions of one library. */
export type NativeFunctions<Table extends Prototypes> = {
  readonly [Name in keyof Table]: NativeFunction;
};

/** A loaded shared library. */
export interface NativeLibrary<Table extends Prototypes> {
  /** As it was found, a name or a path. */
  readonly path: string;
  /** Each is looked up when it is first called. @throws BackendError `unavailable` when the library has none of the name */
  readonly functions: NativeFunctions<Table>;
  has(name: keyof Table & string): boolean;
}

/** The FFI: loads libraries, and memory that does not move. */
export type Koffi = typeof import("koffi");

let loaded: Promise<Koffi> | undefined;

/** Loads the FFI once per thread. @throws BackendError `unavailable` where it has no binary for this platform */
export function loadKoffi(): Promise<Koffi> {
  loaded ??= import("koffi").catch((error: unknown) => {
    throw new BackendError(
      "unavailable",
      `the package koffi, which calls C libraries, does not load: ${error instanceof Error ? error.message.split("\n")[0]! : String(error)}`,
      "npm ci brings it, unless optional packages are left out",
    );
  });
  return loaded;
}

/** Where a library was looked for and what came of it. */
export interface LibrarySearch {
  /** File names, the best first. */
  readonly names: readonly string[];
  /** Folders to look into before the system's own; the ones it knows (LD_LIBRARY_PATH, ldconfig) come with them. */
  readonly folders: readonly string[];
}

/** Opens the first library that is there. A string says why none can be opened. */
export function openLibrary<const Table extends Prototypes>(
  koffi: Koffi,
  { names, folders }: LibrarySearch,
  prototypes: Table,
): NativeLibrary<Table> | string {
  let broken: string | undefined;
  const inFolders = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  for (const path of [...inFolders.filter((file) => existsSync(file)), ...names]) {
    try {
      return bind(koffi.load(path), path, prototypes);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      // A file that is there and cannot be loaded says more than names that nobody knows.
      if (!/no such file/i.test(reason)) broken ??= `${path} cannot be loaded: ${reason}`;
    }
  }
  return broken ?? `${names.join(" and ")} ${names.length === 1 ? "is" : "are"} not installed`;
}

function bind<Table extends Prototypes>(
  handle: LibraryHandle,
  path: string,
  prototypes: Table,
): NativeLibrary<Table> {
  const bound = new Map<string, NativeFunction>();
  const find = (name: string): NativeFunction => {
    const known = bound.get(name);
    if (known !== undefined) return known;
    const found = handle.func(name, "int", [...prototypes[name]!]) as NativeFunction;
    bound.set(name, found);
    return found;
  };
  const functions: Record<string, NativeFunction> = {};
  for (const name of Object.keys(prototypes)) {
    functions[name] = (...args) => {
      let found: NativeFunction;
      try {
        found = find(name);
      } catch {
        throw new BackendError("unavailable", `${path} has no function ${name}: it is too old`);
      }
      return found(...args);
    };
  }
  return {
    path,
    functions: functions as NativeFunctions<Table>,
    has(name) {
      try {
        find(name);
        return true;
      } catch {
        return false;
      }
    },
  };
}

/** Text that a C function left in a buffer, up to its end. */
export function textOf(buffer: Uint8Array): string {
  const end = buffer.indexOf(0);
  return new TextDecoder().decode(buffer.subarray(0, end === -1 ? buffer.length : end)).trim();
}
