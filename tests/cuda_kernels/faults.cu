// Kernels with one fault each, and sound ones beside them: does the emulator notice?
#include "../../cuda_kernels/kernels/platform.h"

using traffic::launch;

namespace {

constexpr int kThreads = 64;

__global__ void reverse(const int* in, int* out) {
  __shared__ int values[kThreads];
  values[threadIdx.x] = in[threadIdx.x];
  __syncthreads();
  out[threadIdx.x] = values[kThreads - 1 - threadIdx.x];
}

__global__ void reverse_without_barrier(const int* in, int* out) {
  __shared__ int values[kThreads];
  values[threadIdx.x] = in[threadIdx.x];
  out[threadIdx.x] = values[kThreads - 1 - threadIdx.x];
}

__global__ void leave_early(const int* in, int* out) {
  if (in[threadIdx.x] % 2 == 0) return;
  __syncthreads();
  out[threadIdx.x] = 1;
}

__global__ void two_barriers(const int* in, int* out) {
  if (in[threadIdx.x] % 2 == 0) {
    __syncthreads();
  } else {
    __syncthreads();
  }
  out[threadIdx.x] = 1;
}

__global__ void count_from_garbage(const int*, int* out) {
  __shared__ int counter;
  __syncthreads();
  atomicAdd(&counter, 1);
  __syncthreads();
  if (threadIdx.x == 0) *out = counter;
}

__global__ void count_from_zero(const int*, int* out) {
  __shared__ int counter;
  if (threadIdx.x == 0) counter = 0;
  __syncthreads();
  atomicAdd(&counter, 1);
  __syncthreads();
  if (threadIdx.x == 0) *out = counter;
}

__global__ void count_without_atomics(const int*, int* out) {
  __shared__ int counter;
  if (threadIdx.x == 0) counter = 0;
  __syncthreads();
  counter = counter + 1;
  __syncthreads();
  if (threadIdx.x == 0) *out = counter;
}

__global__ void write_behind(const int* in, int* out) { out[threadIdx.x + 1] = in[threadIdx.x]; }

// Apart, so that only the red zone behind the array can tell.
__device__ __attribute__((noinline)) int read_at(const int* values, int index) { return values[index]; }

__global__ void read_shared_behind(const int* in, int* out) {
  __shared__ int values[kThreads];
  values[threadIdx.x] = in[threadIdx.x];
  __syncthreads();
  out[threadIdx.x] = read_at(values, in[threadIdx.x] + 1);
}

__global__ void read_misaligned(const int* in, int* out) {
  const uint4 pack = *reinterpret_cast<const uint4*>(in + 1);
  if (threadIdx.x == 0) *out = static_cast<int>(pack.x);
}

__global__ void order_of_threads(const int*, int* out) { out[threadIdx.x] = atomicAdd(&out[kThreads], 1); }

void (*const kKernels[])(const int*, int*) = {reverse,           reverse_without_barrier, leave_early,
                                              two_barriers,      count_from_garbage,      count_from_zero,
                                              write_behind,      read_shared_behind,      read_misaligned,
                                              order_of_threads,  count_without_atomics};

}  // namespace

extern "C" int run_fault(int which, const int* in, int* out) {
  return launch(kKernels[which], dim3(1), dim3(kThreads), nullptr, in, out);
}

extern "C" int run_grid(unsigned blocks_x, unsigned blocks_y, unsigned threads_x, unsigned threads_z, int* out) {
  const int* const nothing = nullptr;
  return launch(kKernels[5], dim3(blocks_x, blocks_y), dim3(threads_x, 1, threads_z), nullptr, nothing, out);
}

extern "C" void to_half_and_back(const float* in, unsigned short* halves, float* out, int count) {
  for (int i = 0; i < count; ++i) {
    const __half half = __float2half_rn(in[i]);
    halves[i] = half.bits;
    out[i] = __half2float(half);
  }
}
