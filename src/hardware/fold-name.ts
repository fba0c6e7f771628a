/**
 * Hardware names compare without case, spaces and punctuation, and without the maker's name in front:
 * `NVIDIA-H100-80GB-HBM3`, `nvidia h100 80gb hbm3` and `H100-80GB-HBM3` are one name.
 */
export function foldName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[\s._\-/()]/g, "")
    .replace(/^(nvidia|amdinstinct|amd)/, "")
    .replace(/^tesla/, "");
}
