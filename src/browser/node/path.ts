/* What the simulator uses of `node:path`, for paths with slashes. */
import { absolutePath } from "../virtual-files.js";

/** Between folders. */
export const sep = "/";

/** Everything before the last name. */
export function dirname(path: string): string {
  const end = path.replace(/\/+$/u, "").lastIndexOf("/");
  if (end < 0) return ".";
  return end === 0 ? "/" : path.slice(0, end);
}

/** The last name. */
export function basename(path: string): string {
  return path.replace(/\/+$/u, "").replace(/^.*\//u, "");
}

/** Whether a path begins at the root. */
export function isAbsolute(path: string): boolean {
  return path.startsWith("/");
}

/** Names below each other, without `.` and, where they can be followed, `..`. */
export function join(...parts: readonly string[]): string {
  const whole = parts.filter((part) => part !== "").join("/");
  const kept: string[] = [];
  for (const part of whole.split("/")) {
    const last = kept[kept.length - 1];
    if (part === ".." && last !== undefined && last !== "..") kept.pop();
    else if (part !== "" && part !== "." && !(part === ".." && whole.startsWith("/")))
      kept.push(part);
  }
  const joined = kept.join("/");
  if (whole.startsWith("/")) return `/${joined}`;
  return joined === "" ? "." : joined;
}

/** The last absolute path and what follows it, from the root. */
export function resolve(...parts: readonly string[]): string {
  let path = "";
  for (const part of parts) path = isAbsolute(part) ? part : path === "" ? part : `${path}/${part}`;
  return absolutePath(path);
}
