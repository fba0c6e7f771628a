/**
 * Paths of files as text: pure rooms have no file system. Scenarios write paths with `/` on every system.
 */

/** Folder of a file; "." for a bare name. */
export function folderOf(file: string): string {
  const end = Math.max(file.lastIndexOf("/"), file.lastIndexOf("\\"));
  if (end === -1) return ".";
  return end === 0 ? "/" : file.slice(0, end);
}

/** True for `/x`, `\x` and `C:\x`. */
export function isAbsolutePath(path: string): boolean {
  return /^([/\\]|[A-Za-z]:[/\\])/.test(path);
}

/** The path that `written` means inside `folder`, without `.` and without `..` where they can be resolved. */
export function joinPath(folder: string, written: string): string {
  const whole = isAbsolutePath(written) ? written : `${folder}/${written}`;
  const isRooted = whole.startsWith("/");
  const parts: string[] = [];
  for (const part of whole.split("/")) {
    if (part === "" || part === ".") continue;
    const canGoUp = parts.length > 0 && parts[parts.length - 1] !== "..";
    if (part === ".." && canGoUp) parts.pop();
    else if (part !== ".." || !isRooted) parts.push(part);
  }
  const joined = parts.join("/");
  if (isRooted) return `/${joined}`;
  return joined === "" ? "." : joined;
}

/** True when the path is the folder or lies in it. Both relative to the same place, or both absolute. */
export function isInsideFolder(folder: string, path: string): boolean {
  const outer = joinPath(".", folder);
  const inner = joinPath(".", path);
  if (isAbsolutePath(outer) !== isAbsolutePath(inner)) return false;
  if (outer === ".") return inner !== ".." && !inner.startsWith("../");
  if (outer === "/") return true;
  return inner === outer || inner.startsWith(`${outer}/`);
}

/** Why a path cannot be used in a scenario, or undefined. */
export function pathFault(written: string): string | undefined {
  if (written.includes("://")) return "must be a file, not an address: nothing is fetched";
  if (written.includes("\\")) return "must be written with / between folders";
  return undefined;
}
