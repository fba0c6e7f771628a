import { InputError } from "../../diagnostics/problem.js";
import { EMPTY_PART, type CalibrationPart } from "../fit-benchmark-result.js";

/** Gigabytes of nvbandwidth are 10⁹ bytes. */
const GIGABYTE = 1e9;

/** Copy-engine tests of one direction, and what they measure. Others are left out: they share links. */
const TESTS: Readonly<
  Record<
    string,
    {
      readonly direction: "host-to-device" | "device-to-host" | "device-to-device";
      readonly memory: string;
    }
  >
> = {
  host_to_device_memcpy_ce: { direction: "host-to-device", memory: "pinned" },
  device_to_host_memcpy_ce: { direction: "device-to-host", memory: "pinned" },
  device_to_device_memcpy_read_ce: { direction: "device-to-device", memory: "device" },
};

interface NvbandwidthJson {
  readonly nvbandwidth?: {
    readonly version?: string;
    readonly "Driver Version"?: string;
    readonly "CUDA Runtime Version"?: number | string;
    readonly GPU?: string;
    readonly testcases?: readonly {
      readonly name?: string;
      readonly status?: string;
      readonly bandwidth_matrix?: readonly (readonly (string | number)[] | null)[];
    }[];
  };
}

/** True for the JSON of nvbandwidth. */
export function isNvbandwidthJson(document: unknown): document is NvbandwidthJson {
  return Array.isArray((document as NvbandwidthJson | null)?.nvbandwidth?.testcases);
}

/**
 * Reads the JSON of `nvbandwidth -j`: rates of the copy engines, the median over GPUs. One buffer size, so there is no
 * start-up time in it.
 *
 * @throws InputError when no test of it can be used, or a rate is not positive
 */
export function partOfNvbandwidth(file: string, document: NvbandwidthJson): CalibrationPart {
  const { testcases = [], version, ...head } = document.nvbandwidth!;
  const transfers = testcases.flatMap(({ name = "", status, bandwidth_matrix = [] }) => {
    const test = Object.hasOwn(TESTS, name) ? TESTS[name] : undefined;
    if (test === undefined || status !== "Passed") return [];
    const rates = bandwidth_matrix
      .flatMap((row) => row ?? [])
      .filter((cell) => cell !== "N/A")
      .map((cell) => {
        const rate = Number(cell);
        if (!(rate >= 0 && Number.isFinite(rate)))
          throw problem(
            file,
            `${name}: a rate must be a number of GB/s, got ${JSON.stringify(cell)}`,
          );
        return rate * GIGABYTE;
      })
      .filter((rate) => rate > 0)
      .sort((left, right) => left - right);
    if (rates.length === 0) return [];
    return [{ ...test, alphaS: 0, bytesPerS: rates[rates.length >> 1]!, sizes: 1 }];
  });
  if (transfers.length === 0) {
    const names = testcases.map(({ name, status }) => `${name} (${status})`).join(", ");
    throw problem(
      file,
      `holds none of ${Object.keys(TESTS).join(", ")} that passed; it has ${names === "" ? "no tests" : names}`,
    );
  }
  const cuda = head["CUDA Runtime Version"];
  return {
    ...EMPTY_PART,
    versions: {
      ...(version === undefined ? {} : { nvbandwidth: version }),
      ...(head["Driver Version"] === undefined ? {} : { driver: head["Driver Version"] }),
      ...(cuda === undefined ? {} : { cuda: String(cuda) }),
    },
    transfers,
    warnings: [`${file}: nvbandwidth copies one size, so transfers have no start-up time in them.`],
  };
}

function problem(file: string, message: string): InputError {
  return new InputError([
    { file, rule: "bad-nvbandwidth", message, help: "name the output of nvbandwidth -j" },
  ]);
}
