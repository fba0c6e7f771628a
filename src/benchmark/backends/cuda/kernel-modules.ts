import type { DeviceContext, KernelModule } from "./device-context.js";
import type { ModuleName } from "./kernel-plan.js";
import { readPtx } from "./read-ptx.js";

/** The PTX of the kernels, compiled module by module when asked for. */
export interface KernelModules {
  /** Handle of a kernel. @throws BackendError when the driver cannot compile it */
  kernel(module: ModuleName, name: string): bigint;
}

/** Modules of one context. `need` has to be called before a kernel of a module is asked for. */
export function createKernelModules(
  context: DeviceContext,
): KernelModules & { need(module: ModuleName): Promise<void> } {
  const texts = new Map<ModuleName, string>();
  const modules = new Map<ModuleName, KernelModule>();
  return {
    async need(module) {
      if (!texts.has(module)) texts.set(module, await readPtx(module));
    },
    kernel(module, name) {
      let compiled = modules.get(module);
      if (compiled === undefined) {
        const text = texts.get(module);
        if (text === undefined) throw new Error(`cuda: the text of ${module} was not loaded`);
        modules.set(module, (compiled = context.loadModule(text)));
      }
      return compiled.kernel(name);
    },
  };
}
