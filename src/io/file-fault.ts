import { accessSync, constants, readdirSync, statSync } from "node:fs";
import { basename, dirname, isAbsolute } from "node:path";

import { didYouMean } from "../diagnostics/did-you-mean.js";
import type { FileFault } from "../scenario/document.js";

/** Names of a folder that are compared with a misspelt one; a folder of more is no place to guess in. */
const COMPARED_MAX = 5_000;

/** Why a file cannot be read, without reading it; undefined when it can. Links are followed. */
export function fileFault(path: string): FileFault | undefined {
  try {
    if (statSync(path).isDirectory()) {
      return { message: "is a folder, a file is needed", help: "name a file inside it" };
    }
    accessSync(path, constants.R_OK);
    return undefined;
  } catch (error) {
    return faultOf(path, (error as NodeJS.ErrnoException).code ?? "");
  }
}

/** What an answer of the operating system means for the person who named the file; undefined for one that is no answer. */
export function faultOf(path: string, code: string): FileFault | undefined {
  switch (code) {
    case "ENOENT": {
      const suggestion = nearestName(path);
      return {
        message: "does not exist",
        ...(suggestion === undefined ? {} : { suggestion }),
        help: lookedFor(path),
      };
    }
    case "ENOTDIR":
      return { message: "does not exist: a part of its path is a file", help: lookedFor(path) };
    case "EACCES":
    case "EPERM":
      return { message: "may not be read", help: "check its permissions" };
    case "EISDIR":
      return { message: "is a folder, a file is needed", help: "name a file inside it" };
    case "ELOOP":
      return { message: "is a link that leads in a circle", help: "mend the link" };
    case "ENAMETOOLONG":
      return { message: "has a name that is too long for any file", help: "check the path" };
    case "EIO":
      return { message: "cannot be read: the device reports an error", help: "check the disk" };
    default:
      return undefined;
  }
}

function lookedFor(path: string): string {
  return isAbsolute(path)
    ? `looked for ${path}`
    : `looked for ${path}, seen from where the command runs`;
}

/** The name of a file in the same folder that is near. */
function nearestName(path: string): string | undefined {
  try {
    const names = readdirSync(dirname(path));
    return names.length > COMPARED_MAX ? undefined : didYouMean(basename(path), names);
  } catch {
    return undefined;
  }
}
