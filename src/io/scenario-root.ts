import { existsSync, realpathSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";

/** What marks a folder as the top of a project. */
const PROJECT_MARKS = ["package.json", ".git"];

/**
 * The rule of what a scenario may read: anything inside its project (the nearest folder above it that
 * holds a package.json or .git, else its own folder), and folders named on the command line.
 *
 * Links are followed first, so a link inside the project to a file outside of it does not help.
 */
export function mayReadFrom(
  scenarioPath: string,
  allowedFolders: readonly string[],
): (path: string) => boolean {
  const roots = [projectFolder(dirname(resolve(scenarioPath))), ...allowedFolders].map(realPath);
  return (path) => {
    const real = realPath(path);
    return roots.some(
      (root) => real === root || real.startsWith(root.endsWith(sep) ? root : root + sep),
    );
  };
}

function projectFolder(folder: string): string {
  for (let above = folder; ; above = dirname(above)) {
    if (PROJECT_MARKS.some((mark) => existsSync(join(above, mark)))) return above;
    if (dirname(above) === above) return folder;
  }
}

/** The path with links followed as far as it exists. */
function realPath(path: string): string {
  const absolute = resolve(path);
  try {
    return realpathSync(absolute);
  } catch {
    const parent = dirname(absolute);
    return parent === absolute ? absolute : join(realPath(parent), absolute.slice(parent.length));
  }
}
