// A stand-in for libcuda, cuBLAS, cuBLASLt, NVML and NCCL, all in one library, to try the cuda backend without a GPU:
// device memory is host memory, kernels are plain loops picked by their name. Built by cuda-stand-in.ts.
//
// What goes wrong is planned by environment variables: STAND_IN_DEVICES (how many GPUs, 1), STAND_IN_MEMORY (bytes of a
// GPU), STAND_IN_FAIL (part of a kernel's name that fails, as seen when waiting for it), STAND_IN_NO_GRAPH,
// STAND_IN_INIT (result of cuInit), STAND_IN_VERSION, STAND_IN_WRONG (a kernel whose results are off).
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

enum { OK = 0, OUT_OF_MEMORY = 2, INVALID_VALUE = 1, NO_DEVICE = 100, INVALID_DEVICE = 101, NOT_FOUND = 500, ILLEGAL_ADDRESS = 700, NOT_SUPPORTED = 801 };

static long number(const char *name, long fallback) {
  const char *text = getenv(name);
  return text && *text ? atol(text) : fallback;
}
static int device_count(void) { return (int)number("STAND_IN_DEVICES", 1); }

// ---------------------------------------------------------------- what is open

#define OBJECTS_MAX 100000
static struct { void *at; size_t bytes; int kind; } objects[OBJECTS_MAX];
static int object_count;
static size_t memory_bytes;
static int broken; // a result that every call gives from now on, until the context is gone
static int retained;
enum { DEVICE_MEMORY = 1, PINNED, STREAM, EVENT, MODULE, GRAPH, EXECUTABLE, CONTEXT, HANDLE };

static void *opened(size_t bytes, int kind) {
  void *at = kind == DEVICE_MEMORY || kind == PINNED ? aligned_alloc(256, (bytes + 255) / 256 * 256) : calloc(1, bytes);
  if (!at || object_count == OBJECTS_MAX) return NULL;
  objects[object_count].at = at;
  objects[object_count].bytes = bytes;
  objects[object_count++].kind = kind;
  if (kind == DEVICE_MEMORY) memory_bytes += bytes;
  return at;
}
static int closed(void *at, int kind) {
  for (int i = 0; i < object_count; i++) {
    if (objects[i].at != at || objects[i].kind != kind) continue;
    if (kind == DEVICE_MEMORY) memory_bytes -= objects[i].bytes;
    free(at);
    objects[i] = objects[--object_count];
    return OK;
  }
  return INVALID_VALUE;
}
static void close_all(void) {
  for (int i = object_count - 1; i >= 0; i--)
    if (objects[i].kind != CONTEXT && objects[i].kind != HANDLE) closed(objects[i].at, objects[i].kind);
  broken = 0;
}
// For tests: what is still open.
int stand_in_open(void) { return object_count + retained; }
int stand_in_bytes(void) { return (int)memory_bytes; }

// ---------------------------------------------------------------- numbers

static float bits_float(u32 bits) { float x; memcpy(&x, &bits, 4); return x; }
static u32 float_bits(float x) { u32 bits; memcpy(&bits, &x, 4); return bits; }
static float from_bf16(u16 x) { return bits_float((u32)x << 16); }
static u16 to_bf16(float x) { u32 b = float_bits(x); return (u16)((b + 0x7fff + ((b >> 16) & 1)) >> 16); }
static float from_fp16(u16 x) {
  int exponent = (x >> 10) & 31, fraction = x & 1023;
  float size = exponent ? ldexpf(1 + fraction / 1024.0f, exponent - 15) : ldexpf((float)fraction, -24);
  return x & 0x8000 ? -size : size;
}
static u16 to_fp16(float x) {
  float size = fabsf(x);
  u16 sign = x < 0 ? 0x8000 : 0;
  if (size >= 65520) return sign | 0x7c00;
  int exponent;
  frexpf(size, &exponent);
  exponent -= 1;
  if (size == 0 || exponent < -14) return sign | (u16)nearbyintf(ldexpf(size, 24));
  return sign | (u16)((exponent + 14) * 1024 + (int)nearbyintf(ldexpf(size, 10 - exponent)));
}
static float from_fp8(u8 x) {
  int exponent = (x >> 3) & 15, fraction = x & 7;
  float size = exponent ? ldexpf(1 + fraction / 8.0f, exponent - 7) : ldexpf((float)fraction, -9);
  return x & 0x80 ? -size : size;
}
// Types of numbers: cudaDataType_t.
enum { FP32 = 0, FP16 = 2, BF16 = 14, FP8 = 28 };
static float get(const void *array, size_t i, int type) {
  if (type == FP32) return ((const float *)array)[i];
  if (type == FP8) return from_fp8(((const u8 *)array)[i]);
  return type == FP16 ? from_fp16(((const u16 *)array)[i]) : from_bf16(((const u16 *)array)[i]);
}
static void put(void *array, size_t i, int type, float x) {
  if (type == FP32) ((float *)array)[i] = x;
  else ((u16 *)array)[i] = type == FP16 ? to_fp16(x) : to_bf16(x);
}

// ---------------------------------------------------------------- kernels

typedef struct { char name[64]; u32 grid[2], block; u64 arguments[12]; } Launch;

static void *P(const Launch *l, int i) { return (void *)(uintptr_t)l->arguments[i]; }
static u32 U(const Launch *l, int i) { return (u32)l->arguments[i]; }
static float F(const Launch *l, int i) { return bits_float((u32)l->arguments[i]); }

static void attend(const Launch *l, int type, int depth_padded, int is_prefill) {
  u32 heads = U(l, 4), kv_heads = U(l, 5), keys = U(l, 6), depth = U(l, 7);
  u32 per_part = is_prefill ? keys : U(l, 8);
  float scale = is_prefill ? F(l, 8) : F(l, 9);
  u32 sequences = is_prefill ? l->grid[1] / heads : l->grid[1] / kv_heads;
  u32 queries = is_prefill ? keys : 1, parts = is_prefill ? 1 : l->grid[0];
  float *score = malloc(4 * (size_t)keys);
  for (u32 s = 0; s < sequences; s++) for (u32 h = 0; h < heads; h++) for (u32 t = 0; t < queries; t++)
    for (u32 part = 0; part < parts; part++) {
      size_t query = (((size_t)s * heads + h) * queries + t), base = ((size_t)s * kv_heads + h * kv_heads / heads) * keys;
      u32 first = part * per_part, end = is_prefill ? t + 1 : (first + per_part < keys ? first + per_part : keys);
      float top = -3e38f, total = 0;
      for (u32 key = first; key < end; key++) {
        float sum = 0;
        for (u32 c = 0; c < depth; c++) sum += get(P(l, 0), query * depth + c, type) * get(P(l, 1), (base + key) * depth + c, type);
        score[key] = sum * scale;
        if (score[key] > top) top = score[key];
      }
      for (u32 key = first; key < end; key++) total += score[key] = expf(score[key] - top);
      float *left = is_prefill ? NULL : (float *)P(l, 3) + (query * parts + part) * (depth_padded + 2);
      if (left) { left[0] = top; left[1] = total; }
      for (u32 c = 0; c < depth; c++) {
        float sum = 0;
        for (u32 key = first; key < end; key++) sum += score[key] * get(P(l, 2), (base + key) * depth + c, type);
        if (left) left[2 + c] = sum; else put(P(l, 3), query * depth + c, type, sum / total);
      }
    }
  free(score);
}

static void execute(const Launch *l) {
  const char *name = l->name;
  int type = strstr(name, "bf16") ? BF16 : strstr(name, "fp16") ? FP16 : FP32, bytes = type == FP32 ? 4 : 2;
  if (!strcmp(name, "copy_vectors")) memcpy(P(l, 1), P(l, 0), 16 * l->arguments[2]);
  else if (!strncmp(name, "scale_", 6)) {
    for (u64 i = 0; i < 16 * l->arguments[2] / bytes; i++) put(P(l, 1), i, type, F(l, 3) * get(P(l, 0), i, type));
  } else if (!strncmp(name, "combine_", 8)) {
    for (u64 i = 0; i < 16 * l->arguments[3] / bytes; i++)
      put(P(l, 2), i, type, F(l, 4) * get(P(l, 0), i, type) + F(l, 5) * get(P(l, 1), i, type));
  } else if (!strncmp(name, "partial_sum_", 12)) {
    float *sums = P(l, 1);
    memset(sums, 0, 4 * l->grid[0]);
    for (u64 i = 0; i < 16 * l->arguments[2] / bytes; i++) sums[i / 64 % l->grid[0]] += get(P(l, 0), i, type);
  } else if (!strncmp(name, "final_sum_", 10)) {
    float sum = 0;
    for (u32 i = 0; i < U(l, 2); i++) sum += ((float *)P(l, 0))[i];
    put(P(l, 1), 0, type, sum);
  } else if (!strncmp(name, "softmax_", 8)) {
    u64 columns = U(l, 2);
    for (u64 row = 0; row < l->grid[0]; row++) {
      float top = -3e38f, sum = 0;
      for (u64 c = 0; c < columns; c++) top = fmaxf(top, get(P(l, 0), row * columns + c, type));
      for (u64 c = 0; c < columns; c++) sum += expf(get(P(l, 0), row * columns + c, type) - top);
      for (u64 c = 0; c < columns; c++)
        put(P(l, 1), row * columns + c, type, expf(get(P(l, 0), row * columns + c, type) - top) / sum);
    }
  } else if (!strncmp(name, "transpose_", 10)) {
    u64 rows = U(l, 2), columns = U(l, 3), size = name[10] - '0';
    for (u64 r = 0; r < rows; r++) for (u64 c = 0; c < columns; c++)
      memcpy((u8 *)P(l, 1) + (c * rows + r) * size, (u8 *)P(l, 0) + (r * columns + c) * size, size);
  } else if (!strncmp(name, "gather_", 7)) {
    u64 size = (u64)atoi(name + 7), width = U(l, 3);
    for (u64 i = 0; i < l->arguments[4]; i++)
      memcpy((u8 *)P(l, 2) + i * size, (u8 *)P(l, 0) + ((u64)((int *)P(l, 1))[i / width] * width + i % width) * size, size);
  } else if (!strncmp(name, "attention_join_", 15)) {
    u32 count = U(l, 2), depth = U(l, 3), line = l->block + 2;
    for (u32 row = 0; row < l->grid[0]; row++) for (u32 c = 0; c < depth; c++) {
      const float *parts = (float *)P(l, 0) + (size_t)row * count * line;
      float top = -3e38f, total = 0, sum = 0;
      for (u32 i = 0; i < count; i++) top = fmaxf(top, parts[i * line]);
      for (u32 i = 0; i < count; i++) {
        float keep = expf(parts[i * line] - top);
        total += keep * parts[i * line + 1];
        sum += keep * parts[i * line + 2 + c];
      }
      put(P(l, 1), (size_t)row * depth + c, type, sum / total);
    }
  } else if (!strncmp(name, "attention_", 10)) attend(l, type, strstr(name, "_128") ? 128 : 64, !strncmp(name, "attention_prefill", 17));
  const char *wrong = getenv("STAND_IN_WRONG");
  if (wrong && *wrong && strstr(name, wrong)) ((u8 *)P(l, 1))[1] ^= 0x40;
}

// ---------------------------------------------------------------- streams and graphs

typedef struct { int m, n, k, type_a, type_c, transposed; const void *a, *b; void *c; } Gemm;
typedef struct { int is_gemm; Launch launch; Gemm gemm; } Work;
typedef struct { int capturing; int count; Work *work; } Stream;

static void multiply(const Gemm *g) {
  // By columns: c[n, m] = op(a) · b, a is what the caller calls first.
  for (int j = 0; j < g->n; j++) for (int i = 0; i < g->m; i++) {
    float sum = 0;
    for (int t = 0; t < g->k; t++)
      sum += get(g->a, g->transposed ? (size_t)i * g->k + t : (size_t)t * g->m + i, g->type_a) * get(g->b, (size_t)j * g->k + t, g->type_a);
    put(g->c, (size_t)j * g->m + i, g->type_c, sum);
  }
}
static int submit(Stream *stream, const Work *work) {
  if (broken) return broken;
  if (stream && stream->capturing) {
    stream->work = realloc(stream->work, sizeof(Work) * (size_t)(stream->count + 1));
    stream->work[stream->count++] = *work;
    return OK;
  }
  const char *fail = getenv("STAND_IN_FAIL");
  if (!work->is_gemm && fail && *fail && strstr(work->launch.name, fail)) { broken = ILLEGAL_ADDRESS; return OK; }
  if (work->is_gemm) multiply(&work->gemm); else execute(&work->launch);
  return OK;
}
int cuStreamCreate(Stream **out, u32 flags) { (void)flags; *out = opened(sizeof(Stream), STREAM); return broken; }
int cuStreamDestroy_v2(Stream *stream) { return closed(stream, STREAM); }
int cuStreamSynchronize(Stream *stream) { (void)stream; return broken; }
int cuStreamBeginCapture_v2(Stream *stream, int mode) {
  (void)mode;
  if (getenv("STAND_IN_NO_GRAPH")) return NOT_SUPPORTED;
  stream->capturing = 1;
  stream->count = 0;
  stream->work = NULL;
  return broken;
}
typedef struct { int count; Work *work; } Graph;
int cuStreamEndCapture(Stream *stream, Graph **out) {
  *out = opened(sizeof(Graph), GRAPH);
  (*out)->count = stream->count;
  (*out)->work = stream->work;
  stream->capturing = 0;
  stream->work = NULL;
  return broken;
}
int cuGraphInstantiateWithFlags(Graph **out, Graph *graph, u64 flags) {
  (void)flags;
  *out = opened(sizeof(Graph), EXECUTABLE);
  (*out)->count = graph->count;
  (*out)->work = malloc(sizeof(Work) * (size_t)graph->count);
  memcpy((*out)->work, graph->work, sizeof(Work) * (size_t)graph->count);
  return broken;
}
int cuGraphLaunch(Graph *graph, Stream *stream) {
  for (int i = 0; i < graph->count; i++) submit(stream, &graph->work[i]);
  return OK;
}
int cuGraphDestroy(Graph *graph) { free(graph->work); return closed(graph, GRAPH); }
int cuGraphExecDestroy(Graph *graph) { if (broken) return broken; free(graph->work); return closed(graph, EXECUTABLE); }

static double now_ms(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1e3 + t.tv_nsec / 1e6; }
int cuEventCreate(double **out, u32 flags) { (void)flags; *out = opened(sizeof(double), EVENT); return broken; }
int cuEventRecord(double *event, Stream *stream) { (void)stream; *event = now_ms(); return broken; }
int cuEventElapsedTime(float *out, double *from, double *to) { *out = (float)(*to - *from); return broken; }
int cuEventDestroy_v2(double *event) { return broken ? broken : closed(event, EVENT); }

// ---------------------------------------------------------------- devices, memory, modules

int cuInit(u32 flags) { (void)flags; long code = number("STAND_IN_INIT", 0); return code ? (int)code : device_count() == 0 ? NO_DEVICE : OK; }
int cuDriverGetVersion(int *out) { *out = (int)number("STAND_IN_VERSION", 13000); return OK; }
int cuDeviceGetCount(int *out) { *out = device_count(); return OK; }
int cuDeviceGet(int *out, int index) { *out = index; return index < device_count() ? OK : INVALID_DEVICE; }
int cuDeviceGetName(char *out, int length, int device) { (void)device; snprintf(out, (size_t)length, "Stand-in GPU"); return OK; }
int cuDeviceTotalMem_v2(size_t *out, int device) { (void)device; *out = (size_t)number("STAND_IN_MEMORY", 1 << 30); return OK; }
int cuDeviceGetAttribute(int *out, int attribute, int device) {
  (void)device;
  *out = attribute == 75 ? (int)number("STAND_IN_MAJOR", 9) : attribute == 76 ? 0 : attribute == 16 ? 4 : attribute == 97 ? 232448 : attribute == 38 ? 1 << 20 : 0;
  return OK;
}
int cuDeviceGetPCIBusId(char *out, int length, int device) { snprintf(out, (size_t)length, "0000:0%d:00.0", device); return OK; }
int cuDeviceGetUuid_v2(u8 *out, int device) { memset(out, 0xa0 + device, 16); return OK; }
int cuDevicePrimaryCtxRetain(void **out, int device) { *out = (void *)(uintptr_t)(0x1000 + device); retained++; return OK; }
int cuDevicePrimaryCtxRelease_v2(int device) { (void)device; retained--; if (retained == 0) close_all(); return OK; }
int cuCtxCreate_v2(void **out, u32 flags, int device) { (void)flags; (void)device; *out = opened(1, CONTEXT); return OK; }
int cuCtxDestroy_v2(void *context) { broken = 0; return closed(context, CONTEXT); }
int cuCtxSetCurrent(void *context) { (void)context; return OK; }
int cuCtxSynchronize(void) { return broken; }
int cuMemAlloc_v2(u64 *out, size_t bytes) {
  if (broken) return broken;
  if (memory_bytes + bytes > (size_t)number("STAND_IN_MEMORY", 1 << 30)) return OUT_OF_MEMORY;
  *out = (u64)(uintptr_t)opened(bytes, DEVICE_MEMORY);
  return OK;
}
int cuMemFree_v2(u64 at) { return broken ? broken : closed((void *)(uintptr_t)at, DEVICE_MEMORY); }
int cuMemHostAlloc(void **out, size_t bytes, u32 flags) { (void)flags; *out = opened(bytes, PINNED); return broken; }
int cuMemFreeHost(void *at) { return broken ? broken : closed(at, PINNED); }
int cuMemsetD8_v2(u64 at, u8 value, size_t bytes) { memset((void *)(uintptr_t)at, value, bytes); return broken; }
int cuMemcpyHtoD_v2(u64 to, const void *from, size_t bytes) { memcpy((void *)(uintptr_t)to, from, bytes); return broken; }
int cuMemcpyDtoH_v2(void *to, u64 from, size_t bytes) { memcpy(to, (void *)(uintptr_t)from, bytes); return broken; }
int cuMemcpyHtoDAsync_v2(u64 to, const void *from, size_t bytes, Stream *s) { (void)s; return cuMemcpyHtoD_v2(to, from, bytes); }
int cuMemcpyDtoHAsync_v2(void *to, u64 from, size_t bytes, Stream *s) { (void)s; return cuMemcpyDtoH_v2(to, from, bytes); }

// A module is its text; a kernel is a name that the text has, with the offsets of its parameters.
typedef struct { char *text; } Module;
int cuModuleLoadDataEx(Module **out, const char *text, u32 options, int *names, void **values) {
  if (strncmp(text, ".version", 8)) {
    if (options > 0 && names[0] == 5) snprintf(values[0], 100, "ptxas application ptx input, line 1; fatal : no version");
    return 218;
  }
  *out = opened(sizeof(Module), MODULE);
  (*out)->text = strdup(text);
  return broken;
}
int cuModuleUnload(Module *module) { if (broken) return broken; free(module->text); return closed(module, MODULE); }
static char kernel_names[512][64];
static int kernel_count;
int cuModuleGetFunction(char **out, Module *module, const char *name) {
  char entry[80];
  snprintf(entry, sizeof entry, ".entry %s(", name);
  if (!strstr(module->text, entry)) return NOT_FOUND;
  for (int i = 0; i < kernel_count; i++) if (!strcmp(kernel_names[i], name)) { *out = kernel_names[i]; return OK; }
  snprintf(kernel_names[kernel_count], 64, "%s", name);
  *out = kernel_names[kernel_count++];
  return OK;
}
int cuFuncSetAttribute(void *kernel, int attribute, int value) { (void)kernel; return attribute == 8 && value <= 232448 ? OK : INVALID_VALUE; }
int cuLaunchKernel(const char *kernel, u32 gx, u32 gy, u32 gz, u32 bx, u32 by, u32 bz, u32 shared, Stream *stream, void **arguments, void **extra) {
  (void)gz; (void)bz; (void)shared; (void)extra;
  if (gy > 65535 || bx * by > 1024) return INVALID_VALUE;
  Work work = {0};
  snprintf(work.launch.name, 64, "%s", kernel);
  work.launch.grid[0] = gx;
  work.launch.grid[1] = gy;
  work.launch.block = bx;
  static const struct { const char *prefix; int count; } counts[] = {
    {"copy_vectors", 3}, {"scale_", 4}, {"combine_", 6}, {"partial_sum_", 3}, {"final_sum_", 3}, {"softmax_", 3}, {"transpose_", 4},
    {"gather_", 5}, {"attention_prefill_", 9}, {"attention_decode_", 10}, {"attention_join_", 4}, {"empty", 0}};
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
    if (!strncmp(kernel, counts[i].prefix, strlen(counts[i].prefix)))
      for (int j = 0; j < counts[i].count; j++) memcpy(&work.launch.arguments[j], arguments[j], 8);
  return submit(stream, &work);
}

// ---------------------------------------------------------------- cuBLAS

int cublasGetProperty(int which, int *out) { *out = which == 0 ? 12 : which == 1 ? 8 : 4; return 0; }
typedef struct { Stream *stream; } Cublas;
int cublasCreate_v2(Cublas **out) { *out = opened(sizeof(Cublas), HANDLE); return 0; }
int cublasDestroy_v2(Cublas *handle) { return closed(handle, HANDLE); }
int cublasSetStream_v2(Cublas *handle, Stream *stream) { handle->stream = stream; return 0; }
int cublasSetWorkspace_v2(Cublas *handle, u64 at, size_t bytes) { (void)handle; (void)at; (void)bytes; return 0; }
static int gemm(Stream *stream, Gemm g) { Work work = {1, {{0}, {0}, 0, {0}}, g}; return submit(stream, &work) ? 13 : 0; }
int cublasGemmEx(Cublas *h, int ta, int tb, int m, int n, int k, float *one, u64 a, int type_a, int lda, u64 b, int type_b, int ldb, float *zero, u64 c, int type_c, int ldc, int compute, int algorithm) {
  (void)algorithm; (void)compute;
  if (ta || tb || lda != m || ldb != k || ldc != m || type_a != type_b || *one != 1 || *zero != 0) return 7;
  return gemm(h->stream, (Gemm){m, n, k, type_a, type_c, 0, (void *)(uintptr_t)a, (void *)(uintptr_t)b, (void *)(uintptr_t)c});
}
typedef struct { int transposed; } Operation;
typedef struct { int type; u64 rows, columns; } Layout;
int cublasLtCreate(void **out) { *out = opened(1, HANDLE); return 0; }
int cublasLtDestroy(void *at) { return closed(at, HANDLE); }
int cublasLtMatmulDescCreate(Operation **out, int compute, int scale) { *out = opened(sizeof(Operation), HANDLE); return compute == 68 && scale == 0 ? 0 : 7; }
int cublasLtMatmulDescDestroy(void *at) { return closed(at, HANDLE); }
int cublasLtMatmulDescSetAttribute(Operation *o, int attribute, void *value, size_t bytes) {
  if (attribute == 3 && bytes == 4) o->transposed = *(int *)value;
  return 0;
}
int cublasLtMatrixLayoutCreate(Layout **out, int type, u64 rows, u64 columns, int64_t ld) {
  *out = opened(sizeof(Layout), HANDLE);
  **out = (Layout){type, rows, columns};
  return (u64)ld == rows ? 0 : 7;
}
int cublasLtMatrixLayoutDestroy(void *at) { return closed(at, HANDLE); }
int cublasLtMatmulPreferenceCreate(void **out) { *out = opened(1, HANDLE); return 0; }
int cublasLtMatmulPreferenceDestroy(void *at) { return closed(at, HANDLE); }
int cublasLtMatmulPreferenceSetAttribute(void *p, int attribute, void *value, size_t bytes) { (void)p; (void)value; return attribute == 1 && bytes == 8 ? 0 : 7; }
int cublasLtMatmulAlgoGetHeuristic(void *h, Operation *o, Layout *a, Layout *b, Layout *c, Layout *d, void *p, int asked, u8 *found, int *count) {
  (void)h; (void)c; (void)d; (void)p; (void)asked;
  if (!o->transposed || a->rows != b->rows) return 15;
  memset(found, 0, 96);
  found[0] = 0x5a;
  *count = 1;
  return 0;
}
int cublasLtMatmul(void *h, Operation *o, float *one, u64 a, Layout *la, u64 b, Layout *lb, float *zero, u64 c, Layout *lc, u64 d, Layout *ld, u8 *algorithm, u64 workspace, size_t bytes, Stream *stream) {
  (void)h; (void)o; (void)c; (void)lc; (void)workspace; (void)bytes;
  if (algorithm[0] != 0x5a || *one != 1 || *zero != 0) return 7;
  return gemm(stream, (Gemm){(int)la->columns, (int)lb->columns, (int)la->rows, la->type, ld->type, 1, (void *)(uintptr_t)a, (void *)(uintptr_t)b, (void *)(uintptr_t)d});
}

// ---------------------------------------------------------------- NVML

int nvmlInit_v2(void) { return 0; }
int nvmlShutdown(void) { return 0; }
int nvmlSystemGetDriverVersion(char *out, u32 length) { snprintf(out, length, "999.0"); return 0; }
int nvmlDeviceGetHandleByPciBusId_v2(const char *bus, void **out) { *out = (void *)(uintptr_t)(0x2000 + (bus[6] - '0')); return 0; }
int nvmlDeviceGetName(void *d, char *out, u32 length) { snprintf(out, length, (uintptr_t)d >= 0x3000 ? "Stand-in GPU MIG 1g.10gb" : "Stand-in GPU"); return 0; }
int nvmlDeviceGetUUID(void *d, char *out, u32 length) { snprintf(out, length, "MIG-%x", (u32)(uintptr_t)d); return 0; }
int nvmlDeviceGetClockInfo(void *d, int type, u32 *out) { (void)d; *out = type == 1 ? 1200 : 2600; return 0; }
int nvmlDeviceGetMaxClockInfo(void *d, int type, u32 *out) { (void)d; *out = type == 1 ? 1980 : 2619; return 0; }
int nvmlDeviceGetTemperature(void *d, int sensor, u32 *out) { (void)d; (void)sensor; *out = 41; return 0; }
int nvmlDeviceGetPowerUsage(void *d, u32 *out) { (void)d; *out = 123456; return 0; }
int nvmlDeviceGetPowerManagementLimit(void *d, u32 *out) { (void)d; *out = 700000; return 0; }
int nvmlDeviceGetCurrentClocksThrottleReasons(void *d, u64 *out) { (void)d; *out = 0x5; return 0; }
int nvmlDeviceGetEccMode(void *d, u32 *now, u32 *then) { (void)d; *now = *then = 1; return 0; }
int nvmlDeviceGetComputeMode(void *d, u32 *out) { (void)d; *out = 3; return 0; }
int nvmlDeviceGetMigMode(void *d, u32 *now, u32 *then) { (void)d; *now = *then = 1; return 0; }
int nvmlDeviceGetMaxMigDeviceCount(void *d, u32 *out) { (void)d; *out = 7; return 0; }
int nvmlDeviceGetMigDeviceHandleByIndex(void *d, u32 i, void **out) { (void)d; *out = (void *)(uintptr_t)(0x3000 + i); return i < 2 ? 0 : 6; }
int nvmlDeviceGetP2PStatus(void *a, void *b, int index, u32 *out) { (void)a; (void)b; *out = index == 2 ? 0 : 1; return 0; }
int nvmlDeviceGetNvLinkState(void *d, u32 link, u32 *out) { (void)d; *out = 1; return link < 18 ? 0 : 2; }

// ---------------------------------------------------------------- NCCL

int ncclGetVersion(int *out) { *out = 22605; return 0; }
int ncclCommInitAll(u64 *out, int count, const int *devices) { (void)devices; for (int i = 0; i < count; i++) out[i] = (u64)(uintptr_t)opened(8, HANDLE); return 0; }
int ncclCommDestroy(void *at) { return closed(at, HANDLE); }
static struct { u64 from, to; size_t count; int type; } reduce[16];
static int reduce_count;
int ncclGroupStart(void) { reduce_count = 0; return 0; }
int ncclAllReduce(u64 from, u64 to, size_t count, int type, int op, void *communicator, Stream *s) {
  (void)op; (void)communicator; (void)s;
  reduce[reduce_count].from = from;
  reduce[reduce_count].to = to;
  reduce[reduce_count].count = count;
  reduce[reduce_count++].type = type == 7 ? FP32 : type == 6 ? FP16 : BF16;
  return 0;
}
int ncclGroupEnd(void) {
  for (size_t i = 0; i < reduce[0].count; i++) {
    float sum = 0;
    for (int r = 0; r < reduce_count; r++) sum += get((void *)(uintptr_t)reduce[r].from, i, reduce[r].type);
    for (int r = 0; r < reduce_count; r++) put((void *)(uintptr_t)reduce[r].to, i, reduce[r].type, sum);
  }
  return 0;
}
