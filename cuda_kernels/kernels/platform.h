// One source, two compilers: nvcc for the device, g++ with the emulator for the tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#ifdef __CUDACC__
#include <cuda_fp16.h>
#include <cuda_runtime.h>

namespace traffic {

template <class... Parameters, class... Arguments>
cudaError_t launch(void (*kernel)(Parameters...), dim3 grid, dim3 block, cudaStream_t stream, Arguments... arguments) {
  kernel<<<grid, block, 0, stream>>>(arguments...);
  return cudaGetLastError();
}

}  // namespace traffic

#else
#include "../emulator/emulator.h"

namespace traffic {
using cuda_emulator::launch;
}
#endif

namespace traffic {

constexpr int blocks_for(long long items, int threads) { return static_cast<int>((items + threads - 1) / threads); }

// A number of a tensor to float and back, whatever its type.
__device__ __forceinline__ float to_float(float value) { return value; }
__device__ __forceinline__ float to_float(__half value) { return __half2float(value); }
__device__ __forceinline__ void store(float* target, float value) { *target = value; }
__device__ __forceinline__ void store(__half* target, float value) { *target = __float2half_rn(value); }

}  // namespace traffic
