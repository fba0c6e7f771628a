import type { InputFile } from "../run/result-document.js";

/** Every file that was read for a comparison, each once. */
export function comparedInputs(
  configurations: readonly { readonly loaded: { readonly inputs: readonly InputFile[] } }[],
): readonly InputFile[] {
  const files = new Map<string, InputFile>();
  for (const { loaded } of configurations) {
    for (const file of loaded.inputs) files.set(`${file.path}\0${file.sha256}`, file);
  }
  return [...files.values()];
}
