import { BackendError, type PreparedKernel } from "../../backend.js";
import { decodeDtype, dtypeFacts } from "../../kernels/dtype.js";
import type { Dtype, HostTensor, KernelSpecOf } from "../../kernels/kernel-spec.js";
import { checkCublas, type Cublas } from "./cublas.js";
import type { DeviceContext, DeviceMemory } from "./device-context.js";
import { readBytes, tensorBytes, uploadTensor } from "./device-tensors.js";
import { prepareFp8Product } from "./fp8-product.js";
import { WORKSPACE_BYTES, type Product, type ProductMemory } from "./product.js";
import { createTimedLaunches } from "./timed-launches.js";

/** cudaDataType_t by format (library_types.h). */
const DATA_TYPES: Readonly<Partial<Record<Dtype, number>>> = {
  fp32: 0,
  tf32: 0,
  fp16: 2,
  bf16: 14,
};

/** cublasComputeType_t: sums in fp32; for tf32 with inputs cut to its 10 bits on tensor cores. */
const COMPUTE_32F = 68;
const COMPUTE_32F_FAST_TF32 = 77;

/** Lets cuBLAS choose (CUBLAS_GEMM_DEFAULT). */
const ALGORITHM_DEFAULT = -1;

/** C = A·B by cuBLAS, 8-bit numbers by cuBLASLt. */
export function prepareMatmul(
  context: DeviceContext,
  cublas: Cublas,
  spec: KernelSpecOf<"matmul">,
  inputs: readonly HostTensor[],
): PreparedKernel {
  const { m, n, k } = spec.shape;
  const { outputBytes } = dtypeFacts(spec.dtype);
  const isFp8 = spec.dtype === "fp8-e4m3";
  const owned: (() => void)[] = [];
  const make = (bytes: number): DeviceMemory => {
    const made = context.allocate(bytes);
    owned.push(made.free);
    return made;
  };
  const dispose = (): void => {
    for (const free of owned.splice(0).reverse()) free();
  };
  try {
    const a = tensorBytes(inputs[0]!);
    // Weights of 8 bits lie transposed, [n, k]: cuBLASLt takes no other layout, and models store them so.
    const b = isFp8 ? transposedBytes(tensorBytes(inputs[1]!), k, n) : tensorBytes(inputs[1]!);
    const memory: ProductMemory = {
      a: make(a.byteLength),
      b: make(b.byteLength),
      c: make(m * n * outputBytes),
      workspace: make(WORKSPACE_BYTES),
    };
    uploadTensor(context, memory.a, a);
    uploadTensor(context, memory.b, b);
    const product = isFp8
      ? prepareFp8Product(context, cublas, spec.shape, memory)
      : prepareProduct(context, cublas, spec, memory);
    owned.push(product.dispose);
    const timed = createTimedLaunches(context, product.submit, true);
    owned.push(timed.dispose);
    const outputDtype = isFp8 ? "bf16" : spec.dtype;
    return {
      implementation: product.implementation,
      run: (launches) => Promise.resolve().then(() => timed.run(launches)),
      read: () =>
        Promise.resolve().then(() => ({
          shape: [m, n],
          dtype: outputDtype,
          values: decodeDtype(
            readBytes(context, memory.c, m * n * outputBytes),
            outputDtype,
            m * n,
          ),
        })),
      dispose: () => Promise.resolve().then(dispose),
    };
  } catch (error) {
    dispose();
    throw error;
  }
}

function prepareProduct(
  context: DeviceContext,
  { functions, version }: Cublas,
  spec: KernelSpecOf<"matmul">,
  { a, b, c, workspace }: ProductMemory,
): Product {
  const { m, n, k } = spec.shape;
  const type = DATA_TYPES[spec.dtype];
  if (type === undefined) throw new BackendError("unsupported", `no product in ${spec.dtype}`);
  const compute = spec.dtype === "tf32" ? COMPUTE_32F_FAST_TF32 : COMPUTE_32F;
  const created = new BigUint64Array(1);
  checkCublas(functions.cublasCreate_v2(created), "start cuBLAS");
  const handle = created[0]!;
  const dispose = (): void => void functions.cublasDestroy_v2(handle);
  const [one, zero] = [new Float32Array([1]), new Float32Array([0])];
  // cuBLAS counts by columns: Cᵀ = Bᵀ·Aᵀ is the same numbers in the same places as C = A·B by rows.
  const submit = (): void => {
    const status = functions.cublasGemmEx(
      ...[handle, 0, 0, n, m, k, one, b.address, type, n, a.address, type, k],
      ...[zero, c.address, type, n, compute, ALGORITHM_DEFAULT],
    );
    if (status !== 0) checkCublas(status, `multiply ${m}×${k} by ${k}×${n} in ${spec.dtype}`);
  };
  try {
    checkCublas(functions.cublasSetStream_v2(handle, context.stream), "give cuBLAS a stream");
    checkCublas(
      functions.cublasSetWorkspace_v2(handle, workspace.address, WORKSPACE_BYTES),
      "give cuBLAS memory",
    );
    // The first call loads the kernel, which a capture does not allow.
    submit();
    context.synchronize("multiply for the first time");
  } catch (error) {
    dispose();
    throw error;
  }
  return {
    implementation: `cublasGemmEx ${version}, ${spec.dtype}, sums in fp32`,
    submit,
    dispose,
  };
}

function transposedBytes(bytes: Uint8Array, rows: number, columns: number): Uint8Array {
  const result = new Uint8Array(bytes.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      result[column * rows + row] = bytes[row * columns + column]!;
    }
  }
  return result;
}
