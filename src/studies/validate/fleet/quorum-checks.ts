import {
  afterLossInTurn,
  afterLossTogether,
  poolAfterLoss,
  type QuorumOutcome,
  type QuorumState,
} from "../../../policy/fleet/quorum.js";
import type { Check } from "../check.js";
import { factChecks } from "./fact-check.js";

const SOURCE =
  "MicrosoftDocs/windowsserverdocs storage/storage-spaces/understand-quorum.md, both tables";

/** Nodes, witness, then: one lost, one and then another, two at once. */
type QuorumRow = readonly [number, boolean, QuorumOutcome, QuorumOutcome, QuorumOutcome];

const CLUSTER: readonly QuorumRow[] = [
  [2, false, "even", "down", "down"],
  [2, true, "up", "down", "down"],
  [3, false, "up", "even", "down"],
  [3, true, "up", "up", "down"],
  [4, false, "up", "up", "even"],
  [4, true, "up", "up", "up"],
  [5, false, "up", "up", "up"],
  [5, true, "up", "up", "up"],
];

const POOL: readonly QuorumRow[] = [
  [2, false, "down", "down", "down"],
  [2, true, "up", "down", "down"],
  [3, false, "up", "down", "down"],
  [3, true, "up", "down", "down"],
  [4, false, "up", "down", "down"],
  [4, true, "up", "up", "up"],
  [5, false, "up", "up", "up"],
  [5, true, "up", "up", "up"],
];

/** Both quorum tables, state by state. */
export function quorumChecks(): readonly Check[] {
  return [
    ...tableChecks("cluster", CLUSTER, [
      (state) => afterLossTogether(state, 1),
      (state) => afterLossInTurn(state, 2),
      (state) => afterLossTogether(state, 2),
    ]),
    ...tableChecks("pool", POOL, [
      (state) => poolAfterLoss(state, 1),
      (state) => poolAfterLoss(state, 2),
      (state) => poolAfterLoss(state, 2),
    ]),
  ];
}

function tableChecks(
  table: string,
  rows: readonly QuorumRow[],
  rules: readonly ((state: QuorumState) => QuorumOutcome)[],
): readonly Check[] {
  const losses = ["one node lost", "one and then another", "two at once"];
  return factChecks(
    `Quorum of a ${table}`,
    SOURCE,
    rows.flatMap(([nodes, hasWitness, ...expected]) =>
      rules.map((rule, index) => ({
        id: `quorum/${table}/${nodes}${hasWitness ? "w" : ""}/${index + 1}`,
        what: `${nodes} nodes${hasWitness ? " and a witness" : ""}: ${losses[index]!}`,
        expected: expected[index]!,
        actual: rule({ nodes, hasWitness }),
      })),
    ),
  );
}
