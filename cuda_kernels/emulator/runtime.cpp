// The part of the CUDA runtime that the kernels' launchers and the benchmark call, on host memory.
#include <chrono>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>

#include "emulator.h"

struct CUevent_st {
  std::chrono::steady_clock::time_point at;
};

// The bounds of the section that `__shared__` puts memory into; absent where no kernel has any.
extern "C" char __start_cuda_shared[] __attribute__((weak, visibility("hidden")));
extern "C" char __stop_cuda_shared[] __attribute__((weak, visibility("hidden")));

namespace cuda_emulator {
namespace {

std::mutex one_launch;
cudaError_t last_error = cudaSuccess;
unsigned seed = 0, state = 1;
int calls_until_failure = -1;
cudaError_t planned_error = cudaSuccess;
char last_report[256] = "";

bool fails_now() { return calls_until_failure >= 0 && calls_until_failure-- == 0; }

cudaError_t outcome(cudaError_t error) {
  if (error != cudaSuccess) last_error = error;
  return error;
}

cudaError_t outcome() { return outcome(fails_now() ? planned_error : cudaSuccess); }

bool within_limits(const dim3& grid, const dim3& block) {
  const auto threads = static_cast<unsigned long long>(block.x) * block.y * block.z;
  const bool grid_fits = grid.x >= 1 && grid.y >= 1 && grid.z >= 1 && grid.x <= 0x7fffffffu && grid.y <= 65535 && grid.z <= 65535;
  return grid_fits && threads >= 1 && threads <= kMaximumThreads && block.z <= 64;
}

// Volatile and unchecked: the section also holds the red zones that AddressSanitizer keeps between variables.
__attribute__((no_sanitize("address", "thread"))) void fill_shared_with_garbage() {
  for (volatile char* byte = __start_cuda_shared; byte < __stop_cuda_shared; ++byte) {
    *byte = static_cast<char>(0xa5u ^ seed);
  }
}

}  // namespace

uint3 thread_at(unsigned index, const dim3& block) {
  return uint3{index % block.x, index / block.x % block.y, index / block.x / block.y};
}

unsigned random_below(unsigned limit) {
  state = state * 1664525u + 1013904223u;
  return (state >> 8) % limit;
}

bool shuffled() { return seed != 0; }

void report(const char* format, ...) {
  va_list values;
  va_start(values, format);
  std::vsnprintf(last_report, sizeof last_report, format, values);
  va_end(values);
}

cudaError_t launch_grid(dim3 grid, dim3 block, const std::function<void()>& kernel) {
  const std::lock_guard<std::mutex> lock(one_launch);
  last_report[0] = '\0';
  if (fails_now()) return outcome(planned_error);
  if (!within_limits(grid, block)) return outcome(cudaErrorInvalidConfiguration);
  for (unsigned z = 0; z < grid.z; ++z) {
    for (unsigned y = 0; y < grid.y; ++y) {
      for (unsigned x = 0; x < grid.x; ++x) {
        fill_shared_with_garbage();
        const Place first{{0, 0, 0}, {x, y, z}, block, grid};
        if (!run_block(first, block.x * block.y * block.z, kernel)) return outcome(cudaErrorLaunchFailure);
      }
    }
  }
  return cudaSuccess;
}

}  // namespace cuda_emulator

using cuda_emulator::outcome;

cudaError_t cudaGetLastError() {
  const cudaError_t error = cuda_emulator::last_error;
  cuda_emulator::last_error = cudaSuccess;
  return error;
}

const char* cudaGetErrorString(cudaError_t error) {
  switch (error) {
    case cudaSuccess:
      return "no error";
    case cudaErrorInvalidValue:
      return "invalid argument";
    case cudaErrorMemoryAllocation:
      return "out of memory";
    case cudaErrorInvalidConfiguration:
      return "invalid configuration argument";
    case cudaErrorInsufficientDriver:
      return "CUDA driver version is insufficient for CUDA runtime version";
    case cudaErrorLaunchFailure:
      return "unspecified launch failure";
  }
  return "unrecognized error code";
}

cudaError_t cudaMalloc(void** pointer, std::size_t bytes) {
  const cudaError_t error = outcome();
  // At least 256 bytes aligned, as the device has it; exactly as long as asked, so that AddressSanitizer sees the end.
  if (error == cudaSuccess && posix_memalign(pointer, 256, bytes) != 0) return outcome(cudaErrorMemoryAllocation);
  return error;
}

cudaError_t cudaFree(void* pointer) {
  std::free(pointer);
  return outcome();
}

cudaError_t cudaMemcpy(void* target, const void* source, std::size_t bytes, cudaMemcpyKind) {
  const cudaError_t error = outcome();
  if (error == cudaSuccess && bytes != 0) std::memcpy(target, source, bytes);
  return error;
}

cudaError_t cudaMemsetAsync(void* target, int value, std::size_t bytes, cudaStream_t) {
  const cudaError_t error = outcome();
  if (error == cudaSuccess && bytes != 0) std::memset(target, value, bytes);
  return error;
}

cudaError_t cudaDeviceSynchronize() { return outcome(); }

cudaError_t cudaEventCreate(cudaEvent_t* event) {
  *event = new CUevent_st{};
  return outcome();
}

cudaError_t cudaEventDestroy(cudaEvent_t event) {
  delete event;
  return outcome();
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t) {
  event->at = std::chrono::steady_clock::now();
  return outcome();
}

cudaError_t cudaEventSynchronize(cudaEvent_t) { return outcome(); }

cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t start, cudaEvent_t end) {
  *milliseconds = std::chrono::duration<float, std::milli>(end->at - start->at).count();
  return outcome();
}

void cudaEmulatorSetSeed(unsigned seed) {
  cuda_emulator::seed = seed;
  cuda_emulator::state = seed * 2654435761u + 1;
}

void cudaEmulatorFail(int skip, int error) {
  cuda_emulator::calls_until_failure = skip;
  cuda_emulator::planned_error = static_cast<cudaError_t>(error);
}

const char* cudaEmulatorReport() { return cuda_emulator::last_report; }
