import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";

/** Packs a folder into a `.tar.xz`, the same bytes for the same files. @throws Error when tar or xz fails */
export async function writeArchive(parent: string, folder: string, file: string): Promise<void> {
  const tar = spawn(
    "tar",
    [
      ...["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner"],
      ...["-C", parent, "-cf", "-", folder],
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const xz = spawn("xz", ["-6", "-T0", "-c"], { stdio: ["pipe", "pipe", "inherit"] });
  const out = createWriteStream(file);
  const ended = (what: string, child: typeof tar | typeof xz): Promise<void> =>
    new Promise((resolve, reject) => {
      child.once("error", (error) => reject(new Error(`${what}: ${error.message}`)));
      child.once("close", (code) =>
        code === 0 ? resolve() : reject(new Error(`${what} ended with code ${String(code)}`)),
      );
    });
  const written = new Promise<void>((resolve, reject) => {
    out.once("close", resolve);
    out.once("error", reject);
  });
  tar.stdout.pipe(xz.stdin);
  xz.stdin.on("error", () => undefined);
  xz.stdout.pipe(out);
  try {
    await Promise.all([ended("tar", tar), ended("xz", xz), written]);
  } catch (error) {
    tar.kill();
    xz.kill();
    await rm(file, { force: true });
    throw error;
  }
}
