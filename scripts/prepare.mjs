// Installs and builds what is missing. Plain Node without dependencies: it runs before any are there.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const stampFile = join(root, "node_modules", ".headroom-install");
const buildStampFile = join(root, "dist", ".headroom-build");
const nodeMinimum = [20, 19];
/** What the build is made of. */
const sourceFiles = /\.(ts|cts|ptx)$/;
/** What of it the program reads at run time; tsc copies none. */
const textFiles = /\.ptx$/;

/** Runs one step with its output on the screen; ends the process with the step's exit code when it fails. */
export function step(title, command, args, options = {}) {
  const startMs = Date.now();
  process.stderr.write(`▸ ${title}\n`);
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...options.env },
    shell: process.platform === "win32",
  });
  const seconds = ((Date.now() - startMs) / 1000).toFixed(1);
  if (result.error) {
    process.stderr.write(`✗ ${title}: ${result.error.message}\n`);
    process.exit(1);
  }
  const allowed = options.allowedExitCodes ?? [0];
  if (result.signal || !allowed.includes(result.status)) {
    process.stderr.write(`✗ ${title} failed after ${seconds} s\n`);
    process.exit(result.status || 1);
  }
  process.stderr.write(`✓ ${title} (${seconds} s)\n`);
  return result.status;
}

/** The executable a package of node_modules brings. */
export function tool(name) {
  return join(root, "node_modules", ".bin", name);
}

/** Installs packages when node_modules does not match the lock file, and builds when src/ changed. */
export function prepare() {
  checkNode();
  const lock = digest(readFileSync(join(root, "package-lock.json")));
  if (readStamp(stampFile) !== lock) {
    step("install packages (npm ci)", "npm", [
      "ci",
      "--include=dev",
      "--no-audit",
      "--no-fund",
      "--loglevel=error",
    ]);
    writeFileSync(stampFile, lock);
  }
  const sources =
    digestTree(join(root, "src")) +
    digest(readFileSync(join(root, "tsconfig.build.json"))) +
    digest(readFileSync(join(root, "scripts", "build-browser.mjs")));
  if (readStamp(buildStampFile) !== sources) {
    step("build (tsc)", tool("tsc"), ["-p", "tsconfig.build.json"]);
    copyTexts(join(root, "src"), join(root, "dist"));
    step("build (the simulator for pages)", process.execPath, ["scripts/build-browser.mjs"]);
    mkdirSync(join(root, "dist"), { recursive: true });
    writeFileSync(buildStampFile, sources);
  }
}

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > nodeMinimum[0] || (major === nodeMinimum[0] && minor >= nodeMinimum[1])) return;
  process.stderr.write(
    `Headroom needs Node ${nodeMinimum.join(".")} or newer; this is ${process.versions.node}. Install it from your package manager or with: npm install -g n && n 22\n`,
  );
  process.exit(2);
}

function readStamp(file) {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

function digest(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}

function digestTree(folder) {
  const hash = createHash("sha256");
  for (const file of filesBelow(folder)) {
    if (!sourceFiles.test(file)) continue;
    hash.update(`${file.slice(folder.length)}\0`).update(readFileSync(file));
  }
  return hash.digest("hex");
}

function copyTexts(from, to) {
  for (const file of filesBelow(from)) {
    if (!textFiles.test(file)) continue;
    const copy = join(to, file.slice(from.length));
    mkdirSync(dirname(copy), { recursive: true });
    copyFileSync(file, copy);
  }
}

/** Every file of a folder and its folders, in an order that no file system changes. */
function filesBelow(folder) {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const child = join(folder, name);
      return statSync(child).isDirectory() ? filesBelow(child) : [child];
    });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) prepare();
