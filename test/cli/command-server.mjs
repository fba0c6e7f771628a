// Runs command lines one after the other in one process, so that a test does not wait for Node and the program's
// modules to load before every one. Reads requests from one named pipe and answers on another.
//
// Request: {cwd, args} as a line of JSON. Answer: its length in bytes in ten digits, then JSON.
import { Buffer } from "node:buffer";
import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [main, requests, answers] = process.argv.slice(2);
const { runMain } = await import(pathToFileURL(main).href);
const input = openSync(requests, "r");
const output = openSync(answers, "w");
const environment = { ...process.env };

/** One line, waiting for it; undefined when the tests have ended. */
function nextLine() {
  const bytes = Buffer.alloc(1 << 16);
  let line = "";
  for (;;) {
    const count = readSync(input, bytes, 0, bytes.length, null);
    if (count === 0) return undefined;
    line += bytes.toString("utf8", 0, count);
    if (line.endsWith("\n")) return line;
  }
}

/** What a stream is told from now on, until `end`. */
function capture(stream) {
  const parts = [];
  const { write } = stream;
  stream.write = (chunk, encoding, done) => {
    parts.push(typeof chunk === "string" ? Buffer.from(chunk, "utf8") : Buffer.from(chunk));
    const callback = typeof encoding === "function" ? encoding : done;
    if (callback !== undefined) process.nextTick(callback);
    return true;
  };
  return () => {
    stream.write = write;
    return Buffer.concat(parts).toString("utf8");
  };
}

async function answer({ cwd, args }) {
  process.chdir(cwd);
  process.env = { ...environment };
  process.exitCode = undefined;
  process.argv = [process.execPath, "headroom", ...args];
  const ends = [capture(process.stdout), capture(process.stderr)];
  const warned = ({ name, message }) => process.stderr.write(`(node) ${name}: ${message}\n`);
  process.on("warning", warned);
  await runMain(process.argv);
  process.off("warning", warned);
  const [stdout, stderr] = ends.map((end) => end());
  for (const stream of [process.stdout, process.stderr]) stream.removeAllListeners("error");
  return { exitCode: process.exitCode ?? 0, stdout, stderr };
}

for (let line = nextLine(); line !== undefined; line = nextLine()) {
  const bytes = Buffer.from(JSON.stringify(await answer(JSON.parse(line))), "utf8");
  const head = Buffer.from(String(bytes.length).padStart(10, "0"), "utf8");
  const whole = Buffer.concat([head, bytes]);
  for (let at = 0; at < whole.length;) at += writeSync(output, whole, at);
}
closeSync(output);
process.exit(0);
