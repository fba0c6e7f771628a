import type { DeviceContext, KernelModule } from "./device-context.js";
import type { ModuleName } from "./kernel-plan.js";

/** The PTX of the kernels, compiled module by module when asked for. */
export interface KernelModules {
  /** Handle of a kernel. @throws BackendError when the driver cannot compile it */
  kernel(module: ModuleName, name: string): bigint;
}

/** Text of a module; loaded when it is needed, as all of it is half a megabyte. */
export async function ptxOf(module: ModuleName): Promise<string> {
  switch (module) {
    case "streams":
      return (await import("./ptx/streams.js")).STREAMS_PTX;
    case "attention-fp32":
      return (await import("./ptx/attention-fp32.js")).ATTENTION_FP32_PTX;
    case "attention-fp16":
      return (await import("./ptx/attention-fp16.js")).ATTENTION_FP16_PTX;
    case "attention-bf16":
      return (await import("./ptx/attention-bf16.js")).ATTENTION_BF16_PTX;
  }
}

/** Modules of one context. `need` has to be called before a kernel of a module is asked for. */
export function createKernelModules(
  context: DeviceContext,
): KernelModules & { need(module: ModuleName): Promise<void> } {
  const texts = new Map<ModuleName, string>();
  const modules = new Map<ModuleName, KernelModule>();
  return {
    async need(module) {
      if (!texts.has(module)) texts.set(module, await ptxOf(module));
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
