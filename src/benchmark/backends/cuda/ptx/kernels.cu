// Kernels of the cuda backend. scripts/generate-ptx.mjs compiles them to the PTX text that is shipped; a machine that
// runs them needs neither this file nor a compiler.
//
// Every array is padded with zeros to whole vectors of 16 bytes. Numbers are kept in their own format in memory and
// computed in fp32. Row-major throughout.

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

struct bf16 { u16 bits; };
struct fp16 { u16 bits; };

__device__ __forceinline__ float widen(float x) { return x; }
__device__ __forceinline__ float widen(bf16 x) { return __uint_as_float((u32)x.bits << 16); }
__device__ __forceinline__ float widen(fp16 x) {
  float y;
  asm("cvt.f32.f16 %0, %1;" : "=f"(y) : "h"(x.bits));
  return y;
}

template <typename T> __device__ __forceinline__ T narrow(float x);
template <> __device__ __forceinline__ float narrow<float>(float x) { return x; }
// Round to nearest even; NaN keeps a bit of its fraction.
template <> __device__ __forceinline__ bf16 narrow<bf16>(float x) {
  u32 bits = __float_as_uint(x);
  bf16 y;
  y.bits = (bits & 0x7fffffffu) > 0x7f800000u ? (u16)0x7fc0 : (u16)((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
  return y;
}
template <> __device__ __forceinline__ fp16 narrow<fp16>(float x) {
  fp16 y;
  asm("cvt.rn.f16.f32 %0, %1;" : "=h"(y.bits) : "f"(x));
  return y;
}

// 2^x; both approximations are within two units in the last place of fp32.
__device__ __forceinline__ float exp2_of(float x) {
  float y;
  asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
  return y;
}
#define LOG2_E 1.4426950408889634f
__device__ __forceinline__ float exp_of(float x) { return exp2_of(x * LOG2_E); }

#define LOWEST (-3.0e38f)

template <typename T> struct alignas(16) Vector { T v[16 / sizeof(T)]; };

// ---------------------------------------------------------------- streams

// A block takes four vectors per thread, one block's width apart: enough loads in flight to fill any memory.
#define STREAM_THREADS 256
#define STREAM_UNROLL 4

#if defined(MODULE_STREAMS)
extern "C" __global__ void __launch_bounds__(STREAM_THREADS)
copy_vectors(const uint4* __restrict__ x, uint4* __restrict__ out, u64 vectors) {
  u64 first = (u64)blockIdx.x * (STREAM_THREADS * STREAM_UNROLL) + threadIdx.x;
  if (first + (STREAM_UNROLL - 1) * STREAM_THREADS < vectors) {
    uint4 held[STREAM_UNROLL];
#pragma unroll
    for (int i = 0; i < STREAM_UNROLL; i++) held[i] = x[first + i * STREAM_THREADS];
#pragma unroll
    for (int i = 0; i < STREAM_UNROLL; i++) out[first + i * STREAM_THREADS] = held[i];
  } else {
#pragma unroll 1
    for (u64 at = first; at < vectors; at += STREAM_THREADS) out[at] = x[at];
  }
}
#endif

template <typename T, bool TWO>
__device__ __forceinline__ Vector<T> combined(const Vector<T>& x, const Vector<T>& y, float a, float b) {
  Vector<T> made;
#pragma unroll
  for (int j = 0; j < 16 / sizeof(T); j++) {
    float term = a * widen(x.v[j]);
    made.v[j] = narrow<T>(TWO ? term + b * widen(y.v[j]) : term);
  }
  return made;
}

// a·x + b·y over vectors: scale (y is not read), add (a = b = 1) and triad (a = 1).
template <typename T, bool TWO>
__device__ __forceinline__ void combine(const Vector<T>* __restrict__ x, const Vector<T>* __restrict__ y,
                                        Vector<T>* __restrict__ out, u64 vectors, float a, float b) {
  u64 first = (u64)blockIdx.x * (STREAM_THREADS * STREAM_UNROLL) + threadIdx.x;
  if (first + (STREAM_UNROLL - 1) * STREAM_THREADS < vectors) {
    Vector<T> left[STREAM_UNROLL], right[STREAM_UNROLL];
#pragma unroll
    for (int i = 0; i < STREAM_UNROLL; i++) {
      left[i] = x[first + i * STREAM_THREADS];
      if (TWO) right[i] = y[first + i * STREAM_THREADS];
    }
#pragma unroll
    for (int i = 0; i < STREAM_UNROLL; i++)
      out[first + i * STREAM_THREADS] = combined<T, TWO>(left[i], TWO ? right[i] : left[i], a, b);
  } else {
#pragma unroll 1
    for (u64 at = first; at < vectors; at += STREAM_THREADS)
      out[at] = combined<T, TWO>(x[at], TWO ? y[at] : x[at], a, b);
  }
}

#define STREAMS(T, NAME)                                                                                            \
  extern "C" __global__ void __launch_bounds__(STREAM_THREADS)                                                      \
      scale_##NAME(const Vector<T>* x, Vector<T>* out, u64 vectors, float a) {                                      \
    combine<T, false>(x, x, out, vectors, a, 0.0f);                                                                 \
  }                                                                                                                 \
  extern "C" __global__ void __launch_bounds__(STREAM_THREADS)                                                      \
      combine_##NAME(const Vector<T>* x, const Vector<T>* y, Vector<T>* out, u64 vectors, float a, float b) {       \
    combine<T, true>(x, y, out, vectors, a, b);                                                                     \
  }

// ---------------------------------------------------------------- sums

__device__ __forceinline__ float warp_sum(float x) {
#pragma unroll
  for (int step = 16; step > 0; step >>= 1) x += __shfl_xor_sync(0xffffffffu, x, step);
  return x;
}
__device__ __forceinline__ float warp_max(float x) {
#pragma unroll
  for (int step = 16; step > 0; step >>= 1) x = fmaxf(x, __shfl_xor_sync(0xffffffffu, x, step));
  return x;
}

// Of a block of whole warps; every thread gets the result. `scratch` has 32 numbers.
template <bool MAX> __device__ __forceinline__ float block_fold(float x, float* scratch) {
  x = MAX ? warp_max(x) : warp_sum(x);
  int warps = blockDim.x >> 5;
  __syncthreads();
  if ((threadIdx.x & 31) == 0) scratch[threadIdx.x >> 5] = x;
  __syncthreads();
  float part = (threadIdx.x & 31) < warps ? scratch[threadIdx.x & 31] : (MAX ? LOWEST : 0.0f);
  return MAX ? warp_max(part) : warp_sum(part);
}

// One partial sum per block; the padding is zero and adds nothing.
template <typename T>
__device__ __forceinline__ void partial_sum(const Vector<T>* __restrict__ x, float* __restrict__ sums, u64 vectors) {
  __shared__ float scratch[32];
  float sum = 0.0f;
  u64 stride = (u64)gridDim.x * blockDim.x;
  u64 i = (u64)blockIdx.x * blockDim.x + threadIdx.x;
  for (; i + 3 * stride < vectors; i += 4 * stride) {
    Vector<T> held[4];
#pragma unroll
    for (int part = 0; part < 4; part++) held[part] = x[i + part * stride];
#pragma unroll
    for (int part = 0; part < 4; part++)
#pragma unroll
      for (int j = 0; j < 16 / sizeof(T); j++) sum += widen(held[part].v[j]);
  }
  for (; i < vectors; i += stride) {
    Vector<T> held = x[i];
#pragma unroll
    for (int j = 0; j < 16 / sizeof(T); j++) sum += widen(held.v[j]);
  }
  sum = block_fold<false>(sum, scratch);
  if (threadIdx.x == 0) sums[blockIdx.x] = sum;
}

// One block: the sum of the partial sums.
template <typename T>
__device__ __forceinline__ void final_sum(const float* __restrict__ sums, T* __restrict__ out, u32 count) {
  __shared__ float scratch[32];
  float sum = 0.0f;
#pragma unroll 1
  for (u32 i = threadIdx.x; i < count; i += blockDim.x) sum += sums[i];
  sum = block_fold<false>(sum, scratch);
  if (threadIdx.x == 0) out[0] = narrow<T>(sum);
}

// One row per block: maximum, sum of exponentials, quotients.
template <typename T>
__device__ __forceinline__ void softmax_rows(const T* __restrict__ x, T* __restrict__ out, u32 columns) {
  __shared__ float scratch[32];
  const T* row = x + (u64)blockIdx.x * columns;
  T* to = out + (u64)blockIdx.x * columns;
  float top = LOWEST;
  for (u32 i = threadIdx.x; i < columns; i += blockDim.x) top = fmaxf(top, widen(row[i]));
  top = block_fold<true>(top, scratch);
  float sum = 0.0f;
  for (u32 i = threadIdx.x; i < columns; i += blockDim.x) sum += exp_of(widen(row[i]) - top);
  sum = block_fold<false>(sum, scratch);
  float share = 1.0f / sum;
  for (u32 i = threadIdx.x; i < columns; i += blockDim.x) to[i] = narrow<T>(exp_of(widen(row[i]) - top) * share);
}

#define FOLDS(T, NAME)                                                                                              \
  extern "C" __global__ void __launch_bounds__(256)                                                                 \
      partial_sum_##NAME(const Vector<T>* x, float* sums, u64 vectors) { partial_sum<T>(x, sums, vectors); }        \
  extern "C" __global__ void __launch_bounds__(1024)                                                                \
      final_sum_##NAME(const float* sums, T* out, u32 count) { final_sum<T>(sums, out, count); }                    \
  extern "C" __global__ void __launch_bounds__(512)                                                                 \
      softmax_##NAME(const T* x, T* out, u32 columns) { softmax_rows<T>(x, out, columns); }

// ---------------------------------------------------------------- moves

// Tiles of 32 × 32 through shared memory, 32 × 8 threads.
template <typename T>
__device__ __forceinline__ void transpose_tile(const T* __restrict__ x, T* __restrict__ out, u32 rows, u32 columns) {
  __shared__ T tile[32][33];
  u32 first_row = blockIdx.y * 32, first_column = blockIdx.x * 32;
#pragma unroll
  for (u32 i = 0; i < 32; i += 8) {
    u32 row = first_row + threadIdx.y + i, column = first_column + threadIdx.x;
    if (row < rows && column < columns) tile[threadIdx.y + i][threadIdx.x] = x[(u64)row * columns + column];
  }
  __syncthreads();
#pragma unroll
  for (u32 i = 0; i < 32; i += 8) {
    u32 row = first_column + threadIdx.y + i, column = first_row + threadIdx.x;
    if (row < columns && column < rows) out[(u64)row * rows + column] = tile[threadIdx.x][threadIdx.y + i];
  }
}
#if defined(MODULE_STREAMS)
extern "C" __global__ void __launch_bounds__(256)
transpose_4(const u32* x, u32* out, u32 rows, u32 columns) { transpose_tile<u32>(x, out, rows, columns); }
extern "C" __global__ void __launch_bounds__(256)
transpose_2(const u16* x, u16* out, u32 rows, u32 columns) { transpose_tile<u16>(x, out, rows, columns); }

#endif

// out[r][c] = table[index[r]][c], in units of 16 bytes or of one number. `width` is units per row.
template <typename U>
__device__ __forceinline__ void gather_rows(const U* __restrict__ table, const int* __restrict__ index,
                                            U* __restrict__ out, u32 width, u64 units) {
  u64 stride = (u64)gridDim.x * blockDim.x;
  for (u64 i = (u64)blockIdx.x * blockDim.x + threadIdx.x; i < units; i += stride) {
    u64 row = i / width;
    out[i] = table[(u64)(u32)index[row] * width + (i - row * width)];
  }
}
#if defined(MODULE_STREAMS)
extern "C" __global__ void __launch_bounds__(256)
gather_16(const uint4* table, const int* index, uint4* out, u32 width, u64 units) {
  gather_rows<uint4>(table, index, out, width, units);
}
extern "C" __global__ void __launch_bounds__(256)
gather_4(const u32* table, const int* index, u32* out, u32 width, u64 units) {
  gather_rows<u32>(table, index, out, width, units);
}
extern "C" __global__ void __launch_bounds__(256)
gather_2(const u16* table, const int* index, u16* out, u32 width, u64 units) {
  gather_rows<u16>(table, index, out, width, units);
}
#endif

// ---------------------------------------------------------------- attention

extern __shared__ float4 shared_memory[];

// Causal attention with a running maximum: 64 queries of one head per block, keys 32 at a time, fp32 arithmetic.
// A thread has two queries and a part of the keys (scores) or of the columns (output). D is a power of two of at
// least the depth of a head; columns beyond the depth are zero. Shared: (64 + 32)·(D + 4) + 64·33 floats.
template <typename T, int D>
__device__ __forceinline__ void attention_prefill(const T* __restrict__ q, const T* __restrict__ k,
                                                  const T* __restrict__ v, T* __restrict__ out, u32 heads,
                                                  u32 kv_heads, u32 tokens, u32 depth, float scale) {
  const int LINE = D + 4;
  float* queries = (float*)shared_memory;
  float* keys = queries + 64 * LINE;
  float* weights = keys + 32 * LINE;
  u32 tid = threadIdx.x, part = tid & 7, pair = (tid >> 3) * 2;
  u32 head = blockIdx.y % heads, sequence = blockIdx.y / heads;
  // The longest rows first: their blocks take the longest.
  u32 first_query = (gridDim.x - 1 - blockIdx.x) * 64;
  u64 query_base = (u64)blockIdx.y * tokens * depth;
  u64 key_base = ((u64)sequence * kv_heads + head * kv_heads / heads) * tokens * depth;
#pragma unroll 4
  for (u32 round = 0; round < 64 * D / 256; round++) {
    u32 i = tid + round * 256;
    u32 row = i / D, column = i % D;
    bool there = first_query + row < tokens && column < depth;
    queries[row * LINE + column] =
        there ? widen(q[query_base + (u64)(first_query + row) * depth + column]) * scale : 0.0f;
  }
  float top[2] = {LOWEST, LOWEST}, total[2] = {0.0f, 0.0f};
  float4 sum[2][D / 32];
#pragma unroll
  for (int r = 0; r < 2; r++)
#pragma unroll
    for (int j = 0; j < D / 32; j++) sum[r][j] = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
  u32 end = min(tokens, first_query + 64);
  for (u32 first_key = 0; first_key < end; first_key += 32) {
    __syncthreads();
    // Loads do not depend on a branch, so that many are under way: what is not there is read from the first place.
#pragma unroll 8
    for (u32 round = 0; round < 32 * D / 256; round++) {
      u32 i = tid + round * 256;
      u32 row = i / D, column = i % D;
      bool there = first_key + row < tokens && column < depth;
      float held = widen(k[key_base + (there ? (u64)(first_key + row) * depth + column : 0)]);
      keys[row * LINE + column] = there ? held : 0.0f;
    }
    __syncthreads();
    float score[2][4] = {};
#pragma unroll 4
    for (int c = 0; c < D; c += 4) {
      float4 x[2], y[4];
#pragma unroll
      for (int r = 0; r < 2; r++) x[r] = *(float4*)&queries[(pair + r) * LINE + c];
#pragma unroll
      for (int i = 0; i < 4; i++) y[i] = *(float4*)&keys[(part + 8 * i) * LINE + c];
#pragma unroll
      for (int r = 0; r < 2; r++)
#pragma unroll
        for (int i = 0; i < 4; i++)
          score[r][i] += x[r].x * y[i].x + x[r].y * y[i].y + x[r].z * y[i].z + x[r].w * y[i].w;
    }
#pragma unroll
    for (int r = 0; r < 2; r++) {
      u32 query = first_query + pair + r;
      float highest = LOWEST;
#pragma unroll
      for (int i = 0; i < 4; i++) {
        if (first_key + part + 8 * i > query) score[r][i] = LOWEST;
        highest = fmaxf(highest, score[r][i]);
      }
#pragma unroll
      for (int step = 4; step > 0; step >>= 1)
        highest = fmaxf(highest, __shfl_xor_sync(0xffffffffu, highest, step));
      float new_top = fmaxf(top[r], highest);
      float keep = exp2_of((top[r] - new_top) * LOG2_E);
      float added = 0.0f;
#pragma unroll
      for (int i = 0; i < 4; i++) {
        // A row without any key so far has LOWEST everywhere: its weights must be 0 and not 1.
        float weight = first_key + part + 8 * i > query ? 0.0f : exp_of(score[r][i] - new_top);
        weights[(pair + r) * 33 + part + 8 * i] = weight;
        added += weight;
      }
#pragma unroll
      for (int step = 4; step > 0; step >>= 1) added += __shfl_xor_sync(0xffffffffu, added, step);
      total[r] = total[r] * keep + added;
      top[r] = new_top;
#pragma unroll
      for (int j = 0; j < D / 32; j++) {
        sum[r][j].x *= keep;
        sum[r][j].y *= keep;
        sum[r][j].z *= keep;
        sum[r][j].w *= keep;
      }
    }
    __syncthreads();
#pragma unroll 8
    for (u32 round = 0; round < 32 * D / 256; round++) {
      u32 i = tid + round * 256;
      u32 row = i / D, column = i % D;
      bool there = first_key + row < tokens && column < depth;
      float held = widen(v[key_base + (there ? (u64)(first_key + row) * depth + column : 0)]);
      keys[row * LINE + column] = there ? held : 0.0f;
    }
    __syncthreads();
#pragma unroll 4
    for (int key = 0; key < 32; key++) {
      float w[2] = {weights[pair * 33 + key], weights[(pair + 1) * 33 + key]};
#pragma unroll
      for (int j = 0; j < D / 32; j++) {
        float4 y = *(float4*)&keys[key * LINE + part * 4 + 32 * j];
#pragma unroll
        for (int r = 0; r < 2; r++) {
          sum[r][j].x += w[r] * y.x;
          sum[r][j].y += w[r] * y.y;
          sum[r][j].z += w[r] * y.z;
          sum[r][j].w += w[r] * y.w;
        }
      }
    }
  }
#pragma unroll
  for (int r = 0; r < 2; r++) {
    u32 query = first_query + pair + r;
    if (query >= tokens) continue;
    float share = 1.0f / total[r];
#pragma unroll
    for (int j = 0; j < D / 32; j++) {
      float four[4] = {sum[r][j].x, sum[r][j].y, sum[r][j].z, sum[r][j].w};
#pragma unroll
      for (int c = 0; c < 4; c++) {
        u32 column = part * 4 + 32 * j + c;
        if (column < depth) out[query_base + (u64)query * depth + column] = narrow<T>(four[c] * share);
      }
    }
  }
}

// One new token: a block has one key-value head of one sequence and a part of the context, and takes keys 64 at a
// time for all query heads that share them. Each part leaves its maximum, its sum and D weighted columns.
// D threads (128). Shared: 2·64·(D + 4) + group·(2·D + 2) + 64 floats.
template <typename T, int D>
__device__ __forceinline__ void attention_decode(const T* __restrict__ q, const T* __restrict__ k,
                                                 const T* __restrict__ v, float* __restrict__ parts, u32 heads,
                                                 u32 kv_heads, u32 context, u32 depth, u32 keys_per_part,
                                                 float scale) {
  const int LINE = D + 4;
  u32 group = heads / kv_heads, tid = threadIdx.x;
  float* keys = (float*)shared_memory;
  float* values = keys + 64 * LINE;
  float* queries = values + 64 * LINE;
  float* sums = queries + group * D;
  float* tops = sums + group * D;
  float* totals = tops + group;
  float* scores = totals + group;
  u32 kv_head = blockIdx.y % kv_heads, sequence = blockIdx.y / kv_heads;
  u64 query_base = ((u64)sequence * heads + (u64)kv_head * group) * depth;
  u64 key_base = (u64)blockIdx.y * context * depth;
#pragma unroll 1
  for (u32 i = tid; i < group * D; i += D) {
    u32 row = i / D, column = i % D;
    queries[i] = column < depth ? widen(q[query_base + row * depth + column]) * scale : 0.0f;
    sums[i] = 0.0f;
  }
#pragma unroll 1
  for (u32 i = tid; i < group; i += D) {
    tops[i] = LOWEST;
    totals[i] = 0.0f;
  }
  u32 start = blockIdx.x * keys_per_part, end = min(context, start + keys_per_part);
  for (u32 first_key = start; first_key < end; first_key += 64) {
    __syncthreads();
#pragma unroll 8
    for (u32 row = 0; row < 64; row++) {
      bool there = first_key + row < end && tid < depth;
      u64 at = key_base + (there ? (u64)(first_key + row) * depth + tid : 0);
      float key = widen(k[at]), value = widen(v[at]);
      keys[row * LINE + tid] = there ? key : 0.0f;
      values[row * LINE + tid] = there ? value : 0.0f;
    }
    __syncthreads();
#pragma unroll 1
    for (u32 head = 0; head < group; head++) {
      // D / 64 threads have one key together.
      const int SHARE = 64;
      u32 key = tid / (D / SHARE), piece = tid % (D / SHARE);
      float score = 0.0f;
#pragma unroll 4
      for (int c = 0; c < SHARE; c += 4) {
        float4 x = *(float4*)&queries[head * D + piece * SHARE + c];
        float4 y = *(float4*)&keys[key * LINE + piece * SHARE + c];
        score += x.x * y.x + x.y * y.y + x.z * y.z + x.w * y.w;
      }
      if (D == 128) score += __shfl_xor_sync(0xffffffffu, score, 1);
      if (piece == 0) scores[key] = first_key + key < end ? score : LOWEST;
      __syncthreads();
      u32 lane = tid & 31;
      float low = scores[lane], high = scores[lane + 32];
      float old_top = tops[head];
      float top = fmaxf(old_top, warp_max(fmaxf(low, high)));
      float low_weight = first_key + lane < end ? exp_of(low - top) : 0.0f;
      float high_weight = first_key + lane + 32 < end ? exp_of(high - top) : 0.0f;
      float added = warp_sum(low_weight + high_weight);
      float keep = exp_of(old_top - top);
      __syncthreads();
      if (tid < 32) {
        scores[lane] = low_weight;
        scores[lane + 32] = high_weight;
      }
      if (tid == 0) {
        tops[head] = top;
        totals[head] = totals[head] * keep + added;
      }
      __syncthreads();
      float sum = sums[head * D + tid] * keep;
#pragma unroll 8
      for (u32 row = 0; row < 64; row++) sum += scores[row] * values[row * LINE + tid];
      sums[head * D + tid] = sum;
      __syncthreads();
    }
  }
#pragma unroll 1
  for (u32 head = 0; head < group; head++) {
    u64 at = ((u64)((u64)sequence * heads + kv_head * group + head) * gridDim.x + blockIdx.x) * (D + 2);
    parts[at + 2 + tid] = sums[head * D + tid];
    if (tid == 0) {
      parts[at] = tops[head];
      parts[at + 1] = totals[head];
    }
  }
}

// One block per query head: joins its parts. D threads.
template <typename T, int D>
__device__ __forceinline__ void attention_join(const float* __restrict__ parts, T* __restrict__ out, u32 count,
                                               u32 depth) {
  const float* mine = parts + (u64)blockIdx.x * count * (D + 2);
  float top = LOWEST;
  for (u32 i = 0; i < count; i++) top = fmaxf(top, mine[(u64)i * (D + 2)]);
  float total = 0.0f, sum = 0.0f;
  for (u32 i = 0; i < count; i++) {
    float keep = exp_of(mine[(u64)i * (D + 2)] - top);
    total += keep * mine[(u64)i * (D + 2) + 1];
    sum += keep * mine[(u64)i * (D + 2) + 2 + threadIdx.x];
  }
  if (threadIdx.x < depth) out[(u64)blockIdx.x * depth + threadIdx.x] = narrow<T>(sum / total);
}

#define ATTENTION_OF(T, NAME, D)                                                                                    \
  extern "C" __global__ void __launch_bounds__(256)                                                                 \
      attention_prefill_##NAME##_##D(const T* q, const T* k, const T* v, T* out, u32 heads, u32 kv_heads,           \
                                     u32 tokens, u32 depth, float scale) {                                          \
    attention_prefill<T, D>(q, k, v, out, heads, kv_heads, tokens, depth, scale);                                   \
  }                                                                                                                 \
  extern "C" __global__ void __launch_bounds__(D)                                                                   \
      attention_decode_##NAME##_##D(const T* q, const T* k, const T* v, float* parts, u32 heads, u32 kv_heads,      \
                                    u32 context, u32 depth, u32 keys_per_part, float scale) {                       \
    attention_decode<T, D>(q, k, v, parts, heads, kv_heads, context, depth, keys_per_part, scale);                  \
  }                                                                                                                 \
  extern "C" __global__ void __launch_bounds__(D)                                                                   \
      attention_join_##NAME##_##D(const float* parts, T* out, u32 count, u32 depth) {                               \
    attention_join<T, D>(parts, out, count, depth);                                                                 \
  }

// ---------------------------------------------------------------- modules

// One module for the small kernels of all formats, one per format for attention: a device compiles what is asked for.
#if defined(MODULE_STREAMS)
STREAMS(float, fp32)
STREAMS(fp16, fp16)
STREAMS(bf16, bf16)
FOLDS(float, fp32)
FOLDS(fp16, fp16)
FOLDS(bf16, bf16)
extern "C" __global__ void empty() {}
#elif defined(MODULE_ATTENTION_FP32)
ATTENTION_OF(float, fp32, 64)
ATTENTION_OF(float, fp32, 128)
#elif defined(MODULE_ATTENTION_FP16)
ATTENTION_OF(fp16, fp16, 64)
ATTENTION_OF(fp16, fp16, 128)
#elif defined(MODULE_ATTENTION_BF16)
ATTENTION_OF(bf16, bf16, 64)
ATTENTION_OF(bf16, bf16, 128)
#endif
