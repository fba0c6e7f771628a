import { cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, sep } from "node:path";

import type { BuildOptions, Plugin } from "esbuild";

/** esbuild's one function that is used. */
export type Build = (options: BuildOptions) => Promise<unknown>;

/** Where the checkout is, and where the program goes. */
export interface BundleFolders {
  /** The checkout, built. */
  readonly root: string;
  /** Becomes `app/` of the bundle. */
  readonly app: string;
}

/** Programs of `headroom bench`, by their place in `dist/`: the command line, and those that it starts by their file. */
const ENTRIES = [
  "cli/main.js",
  "benchmark/run/process-main.js",
  "benchmark/run/tenant-worker.js",
  "benchmark/run/tenant-process.js",
] as const;

/** Texts that the cuda backend reads, at the same place in a checkout and in `app/`. */
export const CUDA_KERNELS = join("dist", "benchmark", "backends", "cuda", "ptx");

/** Packages that stay folders: native ones, those that look for files beside them, and those found by name at run time. */
const KEPT_PACKAGES = ["piscina", "koffi", "webgpu", "gpu.js", "gl", "@tensorflow/*"];

/** Packages of plain JavaScript that are found by name; each becomes one file. */
const JOINED_PACKAGES = [
  "@tensorflow/tfjs-core",
  "@tensorflow/tfjs-backend-cpu",
  "@tensorflow/tfjs-backend-wasm",
  "@tensorflow/tfjs-backend-webgpu",
  "gpu.js",
];

/** Parts of packages that are copied as they are. */
const COPIED: readonly (readonly [string, readonly string[]])[] = [
  [
    "koffi",
    ["package.json", "index.js", "src/koffi/index.js", "src/koffi/src/static.js", "LICENSE.txt"],
  ],
  [`@koromix/koffi-linux-${process.arch}`, ["."]],
  ["webgpu", ["package.json", "index.js", `dist/linux-${process.arch}`, "LICENSE.md"]],
  ["piscina", ["package.json", "dist", "LICENSE"]],
];

/**
 * Puts `headroom bench` with what it needs into a folder: its own code in four files, the packages beside them, the
 * suites. Nothing in it is fetched or compiled later.
 */
export async function bundleProgram(build: Build, { root, app }: BundleFolders): Promise<void> {
  for (const entry of ENTRIES) await joinProgram(build, root, app, entry);
  for (const name of JOINED_PACKAGES) await joinPackage(build, root, app, name);
  for (const [name, parts] of COPIED) copyParts(root, app, name, parts);
  const wasm = join("node_modules", "@tensorflow", "tfjs-backend-wasm", "dist");
  // Looked for beside the package's main file.
  for (const file of ["tfjs-backend-wasm.wasm", "tfjs-backend-wasm-simd.wasm"]) {
    cpSync(join(root, wasm, file), join(app, dirname(wasm), file));
  }
  cpSync(join(root, CUDA_KERNELS), join(app, CUDA_KERNELS), {
    recursive: true,
    filter: (path) => statSync(path).isDirectory() || path.endsWith(".ptx"),
  });
  cpSync(join(root, "bench", "suites"), join(app, "bench", "suites"), {
    recursive: true,
    filter: (path) => !path.endsWith(".mjs"),
  });
  const { name, version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    readonly name: string;
    readonly version: string;
  };
  write(join(app, "package.json"), JSON.stringify({ name, version, type: "module" }));
  cpSync(join(root, "LICENSE"), join(app, "LICENSE"));
}

async function joinProgram(build: Build, root: string, app: string, entry: string): Promise<void> {
  const outfile = join(app, "dist", entry);
  await build({
    entryPoints: [join(root, "dist", entry)],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    external: KEPT_PACKAGES,
    minifySyntax: true,
    logLevel: "error",
    // CommonJS packages that are joined call require.
    banner: {
      js: 'import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);',
    },
    plugins: [keepPlaces(join(root, "dist"), dirname(entry))],
  });
}

/**
 * Modules find files by their own place. In one file they all have the same: each gets back the one it had, relative to
 * the program's. Commands other than `bench` are left out of the command line.
 */
function keepPlaces(dist: string, entryFolder: string): Plugin {
  return {
    name: "keep-places",
    setup(build) {
      build.onLoad({ filter: /\.js$/ }, ({ path }) => {
        if (!path.startsWith(dist + sep)) return undefined;
        // A bundle makes no bundles.
        if (path.endsWith("bench-bundle.js")) {
          return { contents: "export function registerBenchBundle() {}", loader: "js" };
        }
        const text = readFileSync(path, "utf8");
        const place = relative(join(dist, entryFolder), path).split(sep).join("/");
        const url = `new URL(${JSON.stringify(place)}, import.meta.url)`;
        const folder = `new URL(${JSON.stringify(`${place}/..`)}, import.meta.url).pathname`;
        const isMain = relative(dist, path) === join("cli", "main.js");
        return {
          contents: (isMain ? benchOnly(text) : text)
            .replaceAll("import.meta.url", `${url}.href`)
            .replaceAll("import.meta.dirname", folder),
          loader: "js",
        };
      });
    },
  };
}

/** The command line with one command, and started at once. */
function benchOnly(text: string): string {
  const kept = text
    .split("\n")
    .filter((line) => !/import\("\.\/commands\//.test(line) || /commands\/bench\.js/.test(line))
    .join("\n");
  return `${kept}\nawait runMain(process.argv);\n`;
}

async function joinPackage(build: Build, root: string, app: string, name: string): Promise<void> {
  const require = createRequire(join(root, "package.json"));
  const folder = join(app, "node_modules", name);
  await build({
    entryPoints: [require.resolve(name)],
    outfile: join(folder, "index.js"),
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    external: ["@tensorflow/*", "gl", "webgpu"],
    minify: true,
    logLevel: "error",
    // TensorFlow.js reads its classes' names.
    keepNames: true,
  });
  const { version, license } = JSON.parse(
    readFileSync(join(root, "node_modules", name, "package.json"), "utf8"),
  ) as { readonly version: string; readonly license?: string };
  write(join(folder, "package.json"), JSON.stringify({ name, version, license, main: "index.js" }));
  const licence = join(root, "node_modules", name, "LICENSE");
  if (existsSync(licence)) cpSync(licence, join(folder, "LICENSE"));
}

function copyParts(root: string, app: string, name: string, parts: readonly string[]): void {
  const from = join(root, "node_modules", name);
  const to = join(app, "node_modules", name);
  for (const part of parts) {
    if (!existsSync(join(from, part))) continue;
    mkdirSync(dirname(join(to, part)), { recursive: true });
    cpSync(join(from, part), join(to, part), {
      recursive: true,
      filter: (path) => !/\.(map|d\.ts|d\.mts|md)$|musl_/.test(path.slice(from.length)),
    });
  }
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${text}\n`);
}
