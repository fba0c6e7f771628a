// The law of the house: a room imports only itself and lower rows (docs/decisions/001-rooms.md).
const rows = [
  ["base", "diagnostics"],
  ["engine", "stats"],
  ["hardware", "workload"],
  ["cluster", "kaito"],
  ["performance", "policy"],
  ["simulation", "benchmark"],
  ["scenario", "calibration"],
  ["io"],
  ["studies"],
  ["report"],
  ["cli", "browser"],
];
const below = [];
const layer = rows.flatMap((row) => {
  const rules = row.map((room) => ({
    name: `layer-${room}`,
    severity: "error",
    comment: `src/${room} may import only: ${[room, ...below].join(", ")}`,
    from: { path: `^src/${room}/` },
    to: { path: "^src/", pathNot: `^src/(${[room, ...below].join("|")})/` },
  }));
  below.push(...row);
  return rules;
});
// diagnostics reports bad input with positions and may use base; base uses nobody.
layer.find((rule) => rule.name === "layer-diagnostics").to.pathNot = "^src/(base|diagnostics)/";
const pure =
  "^src/(base|diagnostics|engine|stats|hardware|workload|cluster|kaito|performance|policy|simulation|scenario)/";
// The short list of npm packages that pure rooms may use: they compute on values handed in.
const parsers = "node_modules/(yaml|zod|fastest-levenshtein|saxes)/";
module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "pure-core",
      severity: "error",
      comment: "pure rooms do no I/O: they must also run in a browser worker",
      from: { path: pure, pathNot: "\\.test\\.ts$" },
      to: { dependencyTypes: ["core", "npm"], pathNot: parsers },
    },
    {
      name: "no-orphans",
      severity: "error",
      comment: "a module nobody imports is dead",
      from: {
        orphan: true,
        path: "^src/",
        pathNot:
          "\\.test\\.ts$|^src/(cli/main|index|browser/worker|browser/drawing|browser/node/\\w+)\\.ts$",
      },
      to: {},
    },
    ...layer,
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
  },
};
