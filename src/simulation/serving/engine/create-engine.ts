import type { ReplicaSpec } from "../serving-spec.js";
import type { Engine, EngineContext } from "./engine.js";
import { createEngineGroup } from "./engine-group.js";
import { createLockstepDriver } from "./lockstep-driver.js";
import { createPipelineDriver } from "./pipeline-driver.js";
import { createSchedulerEngine } from "./scheduler-engine.js";
import { createSingleDriver } from "./single-driver.js";

/** The engine, or engines, of a replica. */
export function createEngine(spec: ReplicaSpec, context: EngineContext): Engine {
  const { dataParallel, pipeline } = spec;
  if (dataParallel?.isLockstep === true)
    return createSchedulerEngine(spec, context, dataParallel.engines, (schedulers) =>
      createLockstepDriver(schedulers, context),
    );
  const one = (): Engine =>
    createSchedulerEngine(spec, context, 1, ([scheduler]) =>
      pipeline === undefined || pipeline.stages === 1
        ? createSingleDriver(scheduler!, context)
        : createPipelineDriver(scheduler!, pipeline, context),
    );
  if (dataParallel === undefined || dataParallel.engines === 1) return one();
  return createEngineGroup(Array.from({ length: dataParallel.engines }, one));
}
