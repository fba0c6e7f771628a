import { existsSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Names of SwiftShader's files as Chromium and Chrome bring them. */
const ICD_FILE = "vk_swiftshader_icd.json";
const LOADER_FILE = "libvulkan.so.1";

/** Where packages of Chromium and Chrome lie on Linux. */
const FOLDERS = [
  "/usr/lib/chromium",
  "/usr/lib64/chromium",
  "/usr/lib/chromium-browser",
  "/usr/lib64/chromium-browser",
  "/opt/google/chrome",
  "/opt/chromium.org/chromium",
];

/** Where the dynamic linker finds a Vulkan loader without being told. */
const SYSTEM_LOADERS = [
  "/usr/lib/x86_64-linux-gnu",
  "/usr/lib/aarch64-linux-gnu",
  "/usr/lib64",
  "/usr/lib",
  "/lib64",
  "/usr/local/lib",
].map((folder) => join(folder, LOADER_FILE));

/** Environment for a process that uses Vulkan, and what was found for it. */
export interface VulkanEnvironment {
  /** To be set before the process starts: the dynamic linker reads it once. */
  readonly variables: Readonly<Record<string, string>>;
  /** Folder with SwiftShader; absent when there is none. */
  readonly swiftShader?: string;
}

/**
 * Adds SwiftShader, the software Vulkan of an installed Chromium or Chrome, to the drivers of the system.
 *
 * Drivers of real GPUs are not touched and come first. A person who set VK_ICD_FILENAMES, VK_DRIVER_FILES or
 * VK_ADD_DRIVER_FILES keeps them. Where the system has no Vulkan loader, the one beside SwiftShader is used.
 *
 * @param environment of this process; HEADROOM_SWIFTSHADER names a folder that is looked at first
 */
export function vulkanEnvironment(environment: NodeJS.ProcessEnv): VulkanEnvironment {
  if (process.platform !== "linux") return { variables: {} };
  const folder = swiftShaderFolders(environment).find((path) => existsSync(join(path, ICD_FILE)));
  if (folder === undefined) return { variables: {} };
  const chosen = ["VK_ICD_FILENAMES", "VK_DRIVER_FILES", "VK_ADD_DRIVER_FILES"].some(
    (name) => (environment[name] ?? "") !== "",
  );
  const driver = chosen ? {} : { VK_ADD_DRIVER_FILES: join(folder, ICD_FILE) };
  return { variables: { ...driver, ...loaderVariables(environment, folder) }, swiftShader: folder };
}

function swiftShaderFolders(environment: NodeJS.ProcessEnv): readonly string[] {
  const named = environment["HEADROOM_SWIFTSHADER"];
  const browser = environment["CHROMIUM_PATH"];
  return [
    ...(named === undefined ? [] : [named]),
    ...(browser === undefined ? [] : [dirname(browser)]),
    ...FOLDERS,
    ...playwrightFolders(environment["HOME"]),
  ];
}

/** Without HOME (a bare container) the system would be asked for a user that it may not have, and throw. */
function playwrightFolders(home: string | undefined): readonly string[] {
  const root = join(home ?? "/", ".cache", "ms-playwright");
  if (home === undefined || !existsSync(root)) return [];
  return readdirSync(root)
    .filter((name) => name.startsWith("chromium"))
    .sort()
    .flatMap((name) => ["chrome-linux64", "chrome-linux"].map((part) => join(root, name, part)));
}

function loaderVariables(
  environment: NodeJS.ProcessEnv,
  folder: string,
): Readonly<Record<string, string>> {
  const loader = join(folder, LOADER_FILE);
  if (SYSTEM_LOADERS.some(existsSync) || !existsSync(loader)) return {};
  // A folder with this one library: the browser's others must not shadow the system's.
  const link = join(tmpdir(), `headroom-vulkan-${process.getuid?.() ?? 0}`);
  mkdirSync(link, { recursive: true, mode: 0o700 });
  try {
    symlinkSync(loader, join(link, LOADER_FILE));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const before = environment["LD_LIBRARY_PATH"] ?? "";
  return { LD_LIBRARY_PATH: before === "" ? link : `${before}:${link}` };
}
