import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

import { decodeText } from "../diagnostics/decode-text.js";
import type { FileReference } from "../scenario/trace-reference.js";
import { asInputError } from "./read-file.js";
import type { LoadedFile } from "./scenario-texts.js";

/** Reads the catalogues that a scenario names, and remembers them for the list of its inputs. */
export interface CatalogueReader {
  /** @throws InputError when the file cannot be read or is no text */
  readonly read: (reference: FileReference) => string;
  /** Files read, each once. */
  readonly files: () => readonly LoadedFile[];
}

/** A reader that keeps each file's text: the base and every variant may name the same one. */
export function createCatalogueReader(): CatalogueReader {
  const texts = new Map<string, string>();
  const files = new Map<string, LoadedFile>();
  return {
    read(reference) {
      const known = texts.get(reference.path);
      if (known !== undefined) return known;
      try {
        const bytes = readFileSync(reference.path);
        const text = decodeText(reference.path, bytes);
        texts.set(reference.path, text);
        const sha256 = createHash("sha256").update(bytes).digest("hex");
        files.set(reference.path, { path: reference.written, sha256 });
        return text;
      } catch (error) {
        throw asInputError(reference.path, error);
      }
    },
    files: () => [...files.values()],
  };
}
