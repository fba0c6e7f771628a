/// <reference types="@webgpu/types" />
import { BackendError } from "../../backend.js";

/** Turns what goes wrong on a device into errors with words: losses, failed allocations, refused calls. */
export interface DeviceWatch {
  /**
   * Does the work and waits for the device's verdict on it.
   *
   * @throws BackendError `device-lost`, `out-of-memory` or `launch-failed`
   */
  guard<Result>(what: string, work: () => Promise<Result>): Promise<Result>;
}

/** Watches one device from its opening on. */
export function createDeviceWatch(device: GPUDevice): DeviceWatch {
  let lost: string | undefined;
  const loss = device.lost.then((info) => {
    lost = info.message === "" ? info.reason : info.message;
  });
  const lostError = (what: string): BackendError =>
    new BackendError("device-lost", `the device was lost while it was to ${what}: ${lost ?? ""}`);
  return {
    async guard(what, work) {
      if (lost !== undefined) throw lostError(what);
      device.pushErrorScope("internal");
      device.pushErrorScope("validation");
      device.pushErrorScope("out-of-memory");
      let failure: unknown;
      let result: Awaited<ReturnType<typeof work>> | undefined;
      try {
        result = await Promise.race([
          work(),
          loss.then(() => {
            throw lostError(what);
          }),
        ]);
      } catch (error) {
        failure = error;
      }
      if (lost !== undefined) throw lostError(what);
      const memory = await device.popErrorScope();
      const validation = await device.popErrorScope();
      const internal = await device.popErrorScope();
      if (memory !== null) {
        throw new BackendError("out-of-memory", `no memory left to ${what}: ${memory.message}`);
      }
      const refused = validation ?? internal;
      if (refused !== null) {
        throw new BackendError(
          "launch-failed",
          `the device refused to ${what}: ${refused.message}`,
        );
      }
      if (failure !== undefined) {
        if (failure instanceof BackendError) throw failure;
        const words = failure instanceof Error ? failure.message : String(failure);
        throw new BackendError("launch-failed", `failed to ${what}: ${words}`);
      }
      return result as Awaited<ReturnType<typeof work>>;
    },
  };
}
