#!/usr/bin/env node
import { existsSync } from "node:fs";

const main = new URL("../dist/cli/main.js", import.meta.url);
if (!existsSync(main)) {
  process.stderr.write(
    "Headroom is not built yet. Run: npm start (it installs and builds what is missing)\n",
  );
  process.exit(2);
}
const { runMain } = await import(main.href);
await runMain(process.argv);
