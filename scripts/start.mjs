// `npm start`: from a fresh clone to a finished report. `npm start -- <args>` runs any other command.
import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { prepare, root } from "./prepare.mjs";

prepare();
const args = process.argv.slice(2);
const command =
  args.length > 0 ? args : ["run", "scenarios/quickstart.yaml", "--out", "reports/quickstart"];
const result = spawnSync(process.execPath, [join(root, "bin", "headroom.mjs"), ...command], {
  cwd: root,
  stdio: "inherit",
});
process.exit(result.status ?? 130);
