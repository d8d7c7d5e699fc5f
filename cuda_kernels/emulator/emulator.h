// CUDA on the host, enough of it to run this project's kernels under the sanitizers of g++.
//
// What it keeps of the real thing: blocks and threads in any order (blocks one at a time, threads shuffled by a seed),
// __syncthreads, __shared__ memory that holds garbage when a block starts, atomics, __half, launch limits, error codes
// with the sticky "last error". What it finds: threads of a block at different barriers or gone before one, and with a
// sanitizer reads and writes out of bounds, misaligned vector loads, and (threads.cpp) races. What it cannot show:
// speed, warp-level behaviour, fused multiply-add, fast-math.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "half.h"

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline
#define __restrict__ __restrict
#define __launch_bounds__(...)
#define __align__(bytes) alignas(bytes)
// One block runs at a time, so static memory is the block's own; the section lets the emulator fill it with garbage.
#define __shared__ static __attribute__((section("cuda_shared")))
#define __syncthreads() ::cuda_emulator::barrier(__FILE__, __LINE__)
#define threadIdx (::cuda_emulator::place.thread)
#define blockIdx (::cuda_emulator::place.block)
#define blockDim (::cuda_emulator::place.threads_a_block)
#define gridDim (::cuda_emulator::place.blocks_a_grid)

struct uint3 {
  unsigned x, y, z;
};

struct dim3 {
  unsigned x, y, z;
  dim3(unsigned x_ = 1, unsigned y_ = 1, unsigned z_ = 1) : x(x_), y(y_), z(z_) {}
};

struct alignas(16) float4 {
  float x, y, z, w;
};

struct alignas(16) uint4 {
  unsigned x, y, z, w;
};

inline float4 make_float4(float x, float y, float z, float w) { return float4{x, y, z, w}; }

using cudaStream_t = struct CUstream_st*;
using cudaEvent_t = struct CUevent_st*;

enum cudaError_t {
  cudaSuccess = 0,
  cudaErrorInvalidValue = 1,
  cudaErrorMemoryAllocation = 2,
  cudaErrorInvalidConfiguration = 9,
  cudaErrorInsufficientDriver = 35,
  cudaErrorLaunchFailure = 719,
};

enum cudaMemcpyKind { cudaMemcpyHostToDevice = 1, cudaMemcpyDeviceToHost = 2 };

extern "C" {
cudaError_t cudaGetLastError();
const char* cudaGetErrorString(cudaError_t error);
cudaError_t cudaMalloc(void** pointer, std::size_t bytes);
cudaError_t cudaFree(void* pointer);
cudaError_t cudaMemcpy(void* target, const void* source, std::size_t bytes, cudaMemcpyKind kind);
cudaError_t cudaMemsetAsync(void* target, int value, std::size_t bytes, cudaStream_t stream);
cudaError_t cudaDeviceSynchronize();
cudaError_t cudaEventCreate(cudaEvent_t* event);
cudaError_t cudaEventDestroy(cudaEvent_t event);
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream);
cudaError_t cudaEventSynchronize(cudaEvent_t event);
cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t start, cudaEvent_t end);

// The emulator's own: the order of threads (0 leaves them in line), an error to be told by the call after `skip`
// further ones, and what the last broken launch did wrong (empty if nothing).
void cudaEmulatorSetSeed(unsigned seed);
void cudaEmulatorFail(int skip, int error);
const char* cudaEmulatorReport();
}

namespace cuda_emulator {

struct Place {
  uint3 thread, block;
  dim3 threads_a_block, blocks_a_grid;
};

#ifdef CUDA_EMULATOR_THREADS
extern thread_local Place place;
#else
extern Place place;
#endif

constexpr unsigned kMaximumThreads = 1024;

void barrier(const char* file, int line);

// Runs all threads of one block; false if they parted at a barrier, with the reason in the report. `first` holds what
// is alike for all threads of the block.
bool run_block(const Place& first, unsigned threads, const std::function<void()>& kernel);

// Shared by both schedulers.
uint3 thread_at(unsigned index, const dim3& block);
unsigned random_below(unsigned limit);
bool shuffled();
void report(const char* format, ...) __attribute__((format(printf, 1, 2)));

cudaError_t launch_grid(dim3 grid, dim3 block, const std::function<void()>& kernel);

template <class... Parameters, class... Arguments>
cudaError_t launch(void (*kernel)(Parameters...), dim3 grid, dim3 block, cudaStream_t, Arguments... arguments) {
  return launch_grid(grid, block, [=] { kernel(arguments...); });
}

template <class T>
T fetch_add(T* target, T value) {
  return __atomic_fetch_add(target, value, __ATOMIC_RELAXED);
}

}  // namespace cuda_emulator

inline int atomicAdd(int* target, int value) { return cuda_emulator::fetch_add(target, value); }
inline unsigned atomicAdd(unsigned* target, unsigned value) { return cuda_emulator::fetch_add(target, value); }

inline unsigned __float_as_uint(float value) { return cuda_emulator::bits_of(value); }
inline float __uint_as_float(unsigned bits) { return cuda_emulator::float_of(bits); }
inline int __float2int_rn(float value) { return static_cast<int>(std::nearbyintf(value)); }
inline int __float2int_rd(float value) { return static_cast<int>(std::floor(value)); }

using std::max;
using std::min;
