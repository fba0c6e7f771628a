import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The name under which a probe bundle exports `computeDigests`. */
export const PROBE_GLOBAL = "headroomProbe";

/** A JavaScript engine that can run the probe, or the reason why it is not to be had here. */
export type EngineUnderTest = UsableEngine | { readonly ok: false; readonly reason: string };

/** An engine that is there. */
export interface UsableEngine {
  readonly ok: true;
  readonly computeDigests: (bundle: string) => Promise<Digests>;
}

export type Digests = Readonly<Record<string, string>>;

/** Runs the probe with a Node executable. */
export function nodeEngine(executable: string): UsableEngine {
  return {
    ok: true,
    async computeDigests(bundle) {
      const folder = mkdtempSync(join(tmpdir(), "headroom-determinism-"));
      try {
        const file = join(folder, "probe.cjs");
        writeFileSync(
          file,
          `${bundle}\nprocess.stdout.write(JSON.stringify(${PROBE_GLOBAL}.computeDigests()));\n`,
        );
        const { stdout } = await run(executable, [file], { maxBuffer: 16 * 2 ** 20 });
        return JSON.parse(stdout) as Digests;
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}

const cacheFolder = fileURLToPath(new URL("../../node_modules/.cache/headroom/", import.meta.url));

/** A certain release of Node: one in the cache, or one installed there from npm. */
export async function pinnedNode(version: string): Promise<EngineUnderTest> {
  // npm carries the official binaries, one package per platform.
  const platform = process.platform === "win32" ? "win" : process.platform;
  const packageName = `node-${platform}-${process.arch}`;
  const folder = join(cacheFolder, `node-${version}`);
  const executable = join(
    folder,
    "node_modules",
    packageName,
    "bin",
    process.platform === "win32" ? "node.exe" : "node",
  );
  if (!existsSync(executable)) {
    const failure = await installPackage(folder, `${packageName}@${version}`);
    if (failure !== undefined) return { ok: false, reason: `Node ${version}: ${failure}` };
  }
  try {
    const { stdout } = await run(executable, ["--version"]);
    if (stdout.trim() === `v${version}`) return nodeEngine(executable);
    return { ok: false, reason: `Node ${version}: ${executable} says ${stdout.trim()}` };
  } catch (error) {
    return { ok: false, reason: `Node ${version}: ${String(error)}` };
  }
}

/** Undefined when it worked, else why not. */
async function installPackage(folder: string, wanted: string): Promise<string | undefined> {
  const options = ["--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
  try {
    await run("npm", ["install", ...options, "--prefix", folder, wanted], {
      shell: process.platform === "win32",
      timeout: 240_000,
    });
    return undefined;
  } catch (error) {
    const [line = "failed"] = String((error as { stderr?: string }).stderr ?? error).split("\n");
    return `npm install ${wanted} failed: ${line}`;
  }
}

const CHROMIUM_PATHS = [
  process.env["CHROMIUM_PATH"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** The Chromium that is installed, without its window. */
export async function chromiumEngine(): Promise<EngineUnderTest> {
  const executablePath = CHROMIUM_PATHS.find((path) => path !== undefined && existsSync(path));
  if (executablePath === undefined) {
    return { ok: false, reason: "Chromium: none found; set CHROMIUM_PATH" };
  }
  const { chromium } = await import("playwright-core");
  return {
    ok: true,
    async computeDigests(bundle) {
      const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"], timeout: 0 });
      try {
        const page = await browser.newPage();
        page.setDefaultTimeout(0);
        await page.addScriptTag({ content: bundle });
        return await page.evaluate<Digests>(`${PROBE_GLOBAL}.computeDigests()`);
      } finally {
        await browser.close();
      }
    },
  };
}
