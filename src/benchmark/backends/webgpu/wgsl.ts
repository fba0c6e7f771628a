/** Beginning of every shader: `T` is the number format in memory; sums are f32. */
export function header(isHalf: boolean, constants: Readonly<Record<string, number>>): string {
  const lines = Object.entries(constants).map(([name, value]) => `const ${name} = ${value}u;`);
  return `${isHalf ? "enable f16;\nalias T = f16;" : "alias T = f32;"}\n${lines.join("\n")}\n`;
}

/** Threads of the one-dimensional shaders. */
export const THREADS = 256;

/** Side of the output tile of `MATMUL`, which 16 × 16 threads compute, 4 × 4 outputs each. */
export const MATMUL_TILE = 64;

/** C = A·B. Tiles of 64 × 16 of A and 16 × 64 of B go through workgroup memory. Constants M, N, K. */
export const MATMUL = `
@group(0) @binding(0) var<storage, read> a: array<T>;
@group(0) @binding(1) var<storage, read> b: array<T>;
@group(0) @binding(2) var<storage, read_write> c: array<T>;
var<workgroup> tileA: array<vec4f, 256>;
var<workgroup> tileB: array<vec4f, 256>;

fn readA(row: u32, column: u32) -> f32 {
  if (row < M && column < K) { return f32(a[row * K + column]); }
  return 0.0;
}
fn readB(row: u32, column: u32) -> f32 {
  if (row < K && column < N) { return f32(b[row * N + column]); }
  return 0.0;
}

@compute @workgroup_size(16, 16)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let firstRow = group.y * 64u;
  let firstColumn = group.x * 64u;
  let depthA = index % 16u;
  let rowA = firstRow + (index / 16u) * 4u;
  let depthB = index / 16u;
  let columnB = firstColumn + (index % 16u) * 4u;
  var sum0 = vec4f(); var sum1 = vec4f(); var sum2 = vec4f(); var sum3 = vec4f();
  for (var depth = 0u; depth < K; depth += 16u) {
    let k = depth + depthA;
    tileA[depthA * 16u + index / 16u] =
      vec4f(readA(rowA, k), readA(rowA + 1u, k), readA(rowA + 2u, k), readA(rowA + 3u, k));
    let row = depth + depthB;
    tileB[depthB * 16u + index % 16u] =
      vec4f(readB(row, columnB), readB(row, columnB + 1u), readB(row, columnB + 2u), readB(row, columnB + 3u));
    workgroupBarrier();
    for (var i = 0u; i < 16u; i++) {
      let left = tileA[i * 16u + local.y];
      let right = tileB[i * 16u + local.x];
      sum0 += left.x * right;
      sum1 += left.y * right;
      sum2 += left.z * right;
      sum3 += left.w * right;
    }
    workgroupBarrier();
  }
  let sums = array<vec4f, 4>(sum0, sum1, sum2, sum3);
  for (var i = 0u; i < 4u; i++) {
    for (var j = 0u; j < 4u; j++) {
      let row = firstRow + local.y * 4u + i;
      let column = firstColumn + local.x * 4u + j;
      if (row < M && column < N) { c[row * N + column] = T(sums[i][j]); }
    }
  }
}`;

/** Columns of one workgroup of `MATMUL_ROW`; eight threads share each. */
export const ROW_COLUMNS = 32;

/**
 * C = A·B for one row of A, which tiles would compute 63 times in vain. Neighbouring threads read neighbouring columns
 * of B; eight threads each take every eighth row. Constants N, K.
 */
export const MATMUL_ROW = `
@group(0) @binding(0) var<storage, read> a: array<T>;
@group(0) @binding(1) var<storage, read> b: array<T>;
@group(0) @binding(2) var<storage, read_write> c: array<T>;
var<workgroup> sums: array<f32, 256>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let column = group.x * ${ROW_COLUMNS}u + index % ${ROW_COLUMNS}u;
  var sum = 0.0;
  if (column < N) {
    for (var row = index / ${ROW_COLUMNS}u; row < K; row += 8u) {
      sum += f32(a[row]) * f32(b[row * N + column]);
    }
  }
  sums[index] = sum;
  workgroupBarrier();
  if (index < ${ROW_COLUMNS}u && column < N) {
    for (var part = 1u; part < 8u; part++) { sum += sums[index + part * ${ROW_COLUMNS}u]; }
    c[column] = T(sum);
  }
}`;

/** One expression over vectors of four numbers, in a loop over the grid. Constant COUNT counts vectors. */
export function elementwise(expression: string, hasSecond: boolean): string {
  return `
@group(0) @binding(0) var<storage, read> x: array<vec4<T>>;
${hasSecond ? "@group(0) @binding(1) var<storage, read> y: array<vec4<T>>;" : ""}
@group(0) @binding(${hasSecond ? 2 : 1}) var<storage, read_write> result: array<vec4<T>>;

@compute @workgroup_size(${THREADS})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let stride = groups.x * ${THREADS}u;
  for (var i = id.x; i < COUNT; i += stride) { result[i] = ${expression}; }
}`;
}

/** Adds up \`scratch\` over a workgroup of a power of two; the result is in \`scratch[0]\`. */
function foldWorkgroup(threads: number, combine: string): string {
  return `
  for (var half = ${threads / 2}u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (thread < half) {
      let left = scratch[thread];
      let right = scratch[thread + half];
      scratch[thread] = ${combine};
    }
  }
  workgroupBarrier();`;
}

/**
 * Sums COUNT numbers of type \`input\` into one per workgroup, of type \`output\`.
 * Run on many workgroups and then on one over their sums.
 */
export function partialSums(input: "T" | "f32", output: "T" | "f32"): string {
  return `
@group(0) @binding(0) var<storage, read> x: array<${input}>;
@group(0) @binding(1) var<storage, read_write> sums: array<${output}>;
var<workgroup> scratch: array<f32, ${THREADS}>;

@compute @workgroup_size(${THREADS})
fn main(
  @builtin(local_invocation_index) thread: u32,
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  var sum = 0.0;
  let stride = groups.x * ${THREADS}u;
  for (var i = group.x * ${THREADS}u + thread; i < COUNT; i += stride) { sum += f32(x[i]); }
  scratch[thread] = sum;
  ${foldWorkgroup(THREADS, "left + right")}
  if (thread == 0u) { sums[group.x] = ${output}(scratch[0]); }
}`;
}

/** Softmax of one row per workgroup. Constants ROWS, COLUMNS, GRID (workgroups in x). */
export const SOFTMAX = `
@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> result: array<T>;
var<workgroup> scratch: array<f32, ${THREADS}>;

@compute @workgroup_size(${THREADS})
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3u) {
  let row = group.x + group.y * GRID;
  if (row >= ROWS) { return; }
  let start = row * COLUMNS;
  var largest = -3.0e38;
  for (var i = thread; i < COLUMNS; i += ${THREADS}u) { largest = max(largest, f32(x[start + i])); }
  scratch[thread] = largest;
  ${foldWorkgroup(THREADS, "max(left, right)")}
  let top = scratch[0];
  workgroupBarrier();
  var sum = 0.0;
  for (var i = thread; i < COLUMNS; i += ${THREADS}u) { sum += exp(f32(x[start + i]) - top); }
  scratch[thread] = sum;
  ${foldWorkgroup(THREADS, "left + right")}
  let total = scratch[0];
  for (var i = thread; i < COLUMNS; i += ${THREADS}u) {
    result[start + i] = T(exp(f32(x[start + i]) - top) / total);
  }
}`;

/** Threads, and keys looked at together, of `attention`. */
const KEYS_AT_ONCE = 64;

/**
 * Attention of one query per workgroup with a running maximum and sum, keys 64 at a time.
 * Constants BLOCKS (queries in all), GRID, QUERIES, HEADS, KV_HEADS, DEPTH, KEYS.
 */
export function attention(isCausal: boolean, depth: number): string {
  const perThread = Math.ceil(depth / KEYS_AT_ONCE);
  return `
@group(0) @binding(0) var<storage, read> q: array<T>;
@group(0) @binding(1) var<storage, read> k: array<T>;
@group(0) @binding(2) var<storage, read> v: array<T>;
@group(0) @binding(3) var<storage, read_write> result: array<T>;
var<workgroup> query: array<f32, DEPTH>;
var<workgroup> weights: array<f32, ${KEYS_AT_ONCE}>;
var<workgroup> scratch: array<f32, ${KEYS_AT_ONCE}>;

@compute @workgroup_size(${KEYS_AT_ONCE})
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3u) {
  let block = group.x + group.y * GRID;
  if (block >= BLOCKS) { return; }
  let head = (block / QUERIES) % HEADS;
  let base = (block / (QUERIES * HEADS) * KV_HEADS + head * KV_HEADS / HEADS) * KEYS * DEPTH;
  let seen = ${isCausal ? "block % QUERIES + 1u" : "KEYS"};
  for (var i = thread; i < DEPTH; i += ${KEYS_AT_ONCE}u) {
    query[i] = f32(q[block * DEPTH + i]) * inverseSqrt(f32(DEPTH));
  }
  workgroupBarrier();
  var top = -3.0e38;
  var total = 0.0;
  var out: array<f32, ${perThread}>;
  for (var first = 0u; first < seen; first += ${KEYS_AT_ONCE}u) {
    let key = first + thread;
    var score = -3.0e38;
    if (key < seen) {
      score = 0.0;
      for (var i = 0u; i < DEPTH; i++) { score += query[i] * f32(k[base + key * DEPTH + i]); }
    }
    scratch[thread] = score;
    ${foldWorkgroup(KEYS_AT_ONCE, "max(left, right)")}
    let newTop = max(top, scratch[0]);
    workgroupBarrier();
    var weight = 0.0;
    if (key < seen) { weight = exp(score - newTop); }
    weights[thread] = weight;
    scratch[thread] = weight;
    ${foldWorkgroup(KEYS_AT_ONCE, "left + right")}
    let keep = exp(top - newTop);
    total = total * keep + scratch[0];
    top = newTop;
    let count = min(${KEYS_AT_ONCE}u, seen - first);
    for (var part = 0u; part < ${perThread}u; part++) {
      let column = thread + part * ${KEYS_AT_ONCE}u;
      if (column < DEPTH) {
        var sum = out[part] * keep;
        for (var i = 0u; i < count; i++) {
          sum += weights[i] * f32(v[base + (first + i) * DEPTH + column]);
        }
        out[part] = sum;
      }
    }
    workgroupBarrier();
  }
  for (var part = 0u; part < ${perThread}u; part++) {
    let column = thread + part * ${KEYS_AT_ONCE}u;
    if (column < DEPTH) { result[block * DEPTH + column] = T(out[part] / total); }
  }
}`;
}

/** Transposes tiles of 16 × 16 through workgroup memory. Constants ROWS, COLUMNS. */
export const TRANSPOSE = `
@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> result: array<T>;
var<workgroup> tile: array<array<T, 17>, 16>;

@compute @workgroup_size(16, 16)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let row = group.y * 16u + local.y;
  let column = group.x * 16u + local.x;
  if (row < ROWS && column < COLUMNS) { tile[local.y][local.x] = x[row * COLUMNS + column]; }
  workgroupBarrier();
  let newRow = group.x * 16u + local.y;
  let newColumn = group.y * 16u + local.x;
  if (newRow < COLUMNS && newColumn < ROWS) { result[newRow * ROWS + newColumn] = tile[local.x][local.y]; }
}`;

/** Copies the rows named. Constants COLUMNS, COUNT (numbers of the output). */
export const GATHER = `
@group(0) @binding(0) var<storage, read> table: array<T>;
@group(0) @binding(1) var<storage, read> rows: array<i32>;
@group(0) @binding(2) var<storage, read_write> result: array<T>;

@compute @workgroup_size(${THREADS})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let stride = groups.x * ${THREADS}u;
  for (var i = id.x; i < COUNT; i += stride) {
    result[i] = table[u32(rows[i / COLUMNS]) * COLUMNS + i % COLUMNS];
  }
}`;

/** Does nothing. */
export const EMPTY = `
@compute @workgroup_size(1)
fn main() {}`;
