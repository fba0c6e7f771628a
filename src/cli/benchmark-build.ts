import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

import { z } from "zod";

import type { SessionBuild } from "../benchmark/run/run-session.js";
import { plainValue } from "../diagnostics/located-node.js";
import { InputError } from "../diagnostics/problem.js";
import { parseYaml } from "../diagnostics/yaml-source.js";
import { readTextFile } from "../io/read-file.js";

/** First line of a file that describes a build. */
const BUILD_SCHEMA = "headroom/benchmark-build/v1";

/** Where the measuring program lies in a built Headroom. */
const PROGRAM = join("dist", "benchmark", "run", "process-main.js");

const buildSchema = z.strictObject({
  schema: z.literal(BUILD_SCHEMA),
  name: z.string().min(1).max(200),
  folder: z.string().min(1).optional(),
  node: z.string().min(1).optional(),
  environment: z.record(z.string().regex(/^[A-Za-z_]\w*$/), z.string()).optional(),
});

/**
 * The other build of `--against`: a folder with a built Headroom, or a YAML file that names one, another
 * Node or other environment variables.
 *
 * @throws InputError when there is no such build
 */
export async function otherBuild(path: string): Promise<SessionBuild> {
  if (!existsSync(path)) throw refuse(path, "does not exist");
  if (statSync(path).isDirectory()) return folderBuild(path);
  const value = plainValue(parseYaml(path, await readTextFile(path)));
  const parsed = buildSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue!.path.join(".");
    throw refuse(
      path,
      `is no description of a build: ${field === "" ? "" : `${field}: `}${issue!.message}`,
    );
  }
  const { name, folder, node, environment } = parsed.data;
  const root = folder === undefined ? ownFolder() : resolve(dirname(path), folder);
  const base = folderBuild(root);
  return {
    ...base,
    description: `${name} (${base.description})`,
    ...(node === undefined ? {} : { node }),
    ...(environment === undefined ? {} : { environment }),
  };
}

function folderBuild(folder: string): SessionBuild {
  const program = resolve(folder, PROGRAM);
  if (!existsSync(program)) {
    throw refuse(folder, `holds no built Headroom: ${PROGRAM} is missing`);
  }
  return { program, description: `Headroom ${versionIn(folder)} in ${folder}` };
}

function versionIn(folder: string): string {
  try {
    const text = readFileSync(join(folder, "package.json"), "utf8");
    return String((JSON.parse(text) as { readonly version?: unknown }).version ?? "unknown");
  } catch {
    return "of unknown version";
  }
}

/** The folder of this Headroom: a checkout, or the program in a bundle. */
export function ownFolder(): string {
  return resolve(import.meta.dirname, "..", "..");
}

function refuse(path: string, message: string): InputError {
  return new InputError([
    {
      file: path,
      rule: "bad-build",
      message,
      help: `name a checkout after npm run build, or a file: schema: ${BUILD_SCHEMA}, name, folder, node, environment`,
    },
  ]);
}
