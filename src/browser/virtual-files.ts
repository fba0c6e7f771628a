/*
 * The files a page carries, where programs look for them. Everything the simulator reads in Node is read here
 * under the same name, so the same code loads a scenario in both.
 */

/** Deep enough that a path with `..` in front still leads somewhere. */
const WORKING_FOLDER = `/${Array.from({ length: 24 }, () => "x").join("/")}`;

const files = new Map<string, Uint8Array>();

/** Puts a file where `path` leads from the working folder. */
export function addFile(path: string, bytes: Uint8Array): void {
  files.set(absolutePath(path), bytes);
}

/** The bytes of a file; undefined when the page does not carry it. */
export function fileAt(path: string): Uint8Array | undefined {
  return files.get(absolutePath(path));
}

/** Whether some file lies below the folder. */
export function isFolder(path: string): boolean {
  const folder = withSlash(absolutePath(path));
  return [...files.keys()].some((name) => name.startsWith(folder));
}

/** Names of the files that lie directly in a folder. */
export function namesIn(path: string): readonly string[] {
  const folder = withSlash(absolutePath(path));
  return [...files.keys()]
    .filter((name) => name.startsWith(folder) && !name.slice(folder.length).includes("/"))
    .map((name) => name.slice(folder.length));
}

/** A path from the root, without `.` and `..`. Windows paths keep their letter as a folder. */
export function absolutePath(path: string): string {
  const unix = path.replaceAll("\\", "/");
  const parts: string[] = [];
  const whole = unix.startsWith("/") ? unix : `${WORKING_FOLDER}/${unix}`;
  for (const part of whole.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

function withSlash(folder: string): string {
  return folder === "/" ? folder : `${folder}/`;
}
