// Every benchmark there is, in the order they run. bench/README.md says what a suite has to be.
import { batchSuites } from "./batch.mjs";
import { elementarySuites } from "./elementary.mjs";
import { engineBursts } from "./engine-bursts.mjs";
import { engineHold } from "./engine-hold.mjs";
import { engineShapes } from "./engine-shapes.mjs";
import { retailFleet } from "./fleet.mjs";
import { fgdMatrix, fgdRun } from "./fgd.mjs";
import { placementContiguous, placementTopology } from "./placement.mjs";
import { placementMig } from "./placement-mig.mjs";
import { servingSuites } from "./serving.mjs";
import { commonNumbers, sweepThreads } from "./studies.mjs";
import { servingEngineSuites } from "./serving-engine.mjs";

export const suites = [
  engineHold,
  ...engineShapes,
  engineBursts,
  ...elementarySuites,
  fgdRun,
  fgdMatrix,
  placementTopology,
  placementContiguous,
  placementMig,
  ...batchSuites,
  ...servingSuites,
  ...servingEngineSuites,
  retailFleet,
  sweepThreads,
  ...commonNumbers,
];
