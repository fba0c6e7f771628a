import { BackendError } from "../../backend.js";
import { checkCublas, type Cublas } from "./cublas.js";
import type { DeviceContext } from "./device-context.js";
import { WORKSPACE_BYTES, type Product, type ProductMemory } from "./product.js";

/** cudaDataType_t (library_types.h). */
const R_32F = 0;
const R_16BF = 14;
const R_8F_E4M3 = 28;

/** cublasComputeType_t: sums in fp32. */
const COMPUTE_32F = 68;

/** cublasLtMatmulDescAttributes_t and cublasLtMatmulPreferenceAttributes_t (cublasLt.h). */
const TRANSPOSE_A = 3;
const FAST_ACCUMULATION = 25;
const WORKSPACE_MAX = 1;

/** Bytes of a cublasLtMatmulHeuristicResult_t; the algorithm is its first 64. */
const HEURISTIC_BYTES = 96;
const WORKSPACE_AT = 64;

/**
 * A·B of 8-bit numbers with a bf16 result by cuBLASLt, both scales 1. B lies transposed, [n, k].
 *
 * Sums are gathered in the tensor cores with fewer bits ("fast accumulation"), as inference engines do.
 */
export function prepareFp8Product(
  context: DeviceContext,
  { lt, version }: Cublas,
  shape: ProductShape,
  { a, b, c, workspace }: ProductMemory,
): Product {
  if (typeof lt === "string") throw new BackendError("unsupported", lt);
  const { m, n, k } = shape;
  const what = `multiply ${m}×${k} by ${k}×${n} in fp8`;
  const owned: (() => void)[] = [];
  const dispose = (): void => {
    for (const free of owned.splice(0).reverse()) free();
  };
  try {
    const objects = makeObjects(lt, shape, what, owned);
    const { handle, operation, left, right, result } = objects;
    const { algorithm, workspaceBytes } = chooseAlgorithm(lt, objects, what);
    const [one, zero] = [new Float32Array([1]), new Float32Array([0])];
    const submit = (): void => {
      const code = lt.cublasLtMatmul(
        ...[handle, operation, one, b.address, left, a.address, right, zero],
        ...[c.address, result, c.address, result],
        ...[algorithm, workspace.address, workspaceBytes, context.stream],
      );
      if (code !== 0) checkCublas(code, what);
    };
    submit();
    context.synchronize(`${what} for the first time`);
    return {
      implementation: `cublasLtMatmul ${version}, fp8-e4m3 to bf16, fast accumulation`,
      submit,
      dispose,
    };
  } catch (error) {
    dispose();
    throw error;
  }
}

type CublasLt = Exclude<Cublas["lt"], string>;

interface ProductShape {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

interface ProductObjects {
  readonly handle: bigint;
  readonly operation: bigint;
  readonly left: bigint;
  readonly right: bigint;
  readonly result: bigint;
  readonly preference: bigint;
}

function makeObjects(
  lt: CublasLt,
  { m, n, k }: ProductShape,
  what: string,
  owned: (() => void)[],
): ProductObjects {
  const made = (
    name: string,
    destroy: (handle: bigint) => number,
    create: (out: BigUint64Array) => number,
  ): bigint => {
    const out = new BigUint64Array(1);
    checkCublas(create(out), `make ${name} of cuBLASLt`);
    owned.push(() => void destroy(out[0]!));
    return out[0]!;
  };
  const layout = (type: number, rows: number, columns: number): bigint =>
    made("a layout", lt.cublasLtMatrixLayoutDestroy, (out) =>
      lt.cublasLtMatrixLayoutCreate(out, type, rows, columns, rows),
    );
  const handle = made("a handle", lt.cublasLtDestroy, (out) => lt.cublasLtCreate(out));
  const operation = made("an operation", lt.cublasLtMatmulDescDestroy, (out) =>
    lt.cublasLtMatmulDescCreate(out, COMPUTE_32F, R_32F),
  );
  const set = (attribute: number, value: ArrayBufferView): void =>
    checkCublas(
      lt.cublasLtMatmulDescSetAttribute(operation, attribute, value, value.byteLength),
      what,
    );
  set(TRANSPOSE_A, new Int32Array([1]));
  set(FAST_ACCUMULATION, new Int8Array([1]));
  // By columns: B as it lies is k × n, to be transposed; A as it lies is k × m; the result n × m.
  const left = layout(R_8F_E4M3, k, n);
  const right = layout(R_8F_E4M3, k, m);
  const result = layout(R_16BF, n, m);
  const preference = made("a preference", lt.cublasLtMatmulPreferenceDestroy, (out) =>
    lt.cublasLtMatmulPreferenceCreate(out),
  );
  const limit = new BigUint64Array([BigInt(WORKSPACE_BYTES)]);
  checkCublas(lt.cublasLtMatmulPreferenceSetAttribute(preference, WORKSPACE_MAX, limit, 8), what);
  return { handle, operation, left, right, result, preference };
}

function chooseAlgorithm(
  lt: CublasLt,
  { handle, operation, left, right, result, preference }: ProductObjects,
  what: string,
): { readonly algorithm: Uint8Array; readonly workspaceBytes: bigint } {
  const algorithm = new Uint8Array(HEURISTIC_BYTES);
  const count = new Int32Array(1);
  const status = lt.cublasLtMatmulAlgoGetHeuristic(
    ...[handle, operation, left, right, result, result, preference, 1, algorithm, count],
  );
  if (status === 15 || (status === 0 && count[0] === 0)) {
    throw new BackendError("unsupported", `cuBLASLt has no way to ${what} on this GPU`);
  }
  checkCublas(status, what);
  const workspaceBytes = new DataView(algorithm.buffer).getBigUint64(WORKSPACE_AT, true);
  return { algorithm, workspaceBytes };
}
