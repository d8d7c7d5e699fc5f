// Mish, Misra, arXiv:1908.08681: y = x * tanh(softplus(x)), and the same after a bias.
#include "../include/traffic_kernels.h"
#include "platform.h"
#include "status.h"

namespace traffic {
namespace {

constexpr int kThreads = 256;
constexpr int kMaximumBlocks = 4096;  // beyond it a thread takes several turns
constexpr float kLinearAbove = 20.0f;  // tanh(softplus(20)) is 1 to the last bit of float32
constexpr float kZeroBelow = -104.0f;  // exp underflows to 0; without this, minus infinity would become NaN

// tanh(log(1 + w)) = n / (n + 2) with w = exp(x), n = w * (w + 2): one exponential, and no difference of near equals.
__device__ __forceinline__ float mish_of(float x) {
  if (x > kLinearAbove) return x;
  if (x < kZeroBelow) return -0.0f;
  const float w = expf(x);
  const float n = w * (w + 2.0f);
  return x * (n / (n + 2.0f));
}

// Sixteen bytes of a tensor, read and written as one.
template <class Number>
union Pack {
  static constexpr int kNumbers = sizeof(uint4) / sizeof(Number);
  uint4 whole;
  Number numbers[kNumbers];
};

template <class Number>
__global__ void __launch_bounds__(kThreads) mish_packs(const uint4* x, uint4* y, size_t packs) {
  const size_t stride = static_cast<size_t>(gridDim.x) * blockDim.x;
  for (size_t i = static_cast<size_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < packs; i += stride) {
    Pack<Number> pack;
    pack.whole = x[i];
    for (int k = 0; k < Pack<Number>::kNumbers; ++k) store(&pack.numbers[k], mish_of(to_float(pack.numbers[k])));
    y[i] = pack.whole;
  }
}

template <class Number>
__global__ void __launch_bounds__(kThreads) mish_numbers(const Number* x, Number* y, size_t count) {
  const size_t stride = static_cast<size_t>(gridDim.x) * blockDim.x;
  for (size_t i = static_cast<size_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < count; i += stride) {
    store(&y[i], mish_of(to_float(x[i])));
  }
}

// `packs_a_channel` packs share a bias.
template <class Number>
__global__ void __launch_bounds__(kThreads)
    bias_mish_packs(const uint4* x, const Number* bias, uint4* y, size_t packs, int channels, int packs_a_channel) {
  const size_t stride = static_cast<size_t>(gridDim.x) * blockDim.x;
  for (size_t i = static_cast<size_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < packs; i += stride) {
    const float shift = to_float(bias[i / packs_a_channel % channels]);
    Pack<Number> pack;
    pack.whole = x[i];
    for (int k = 0; k < Pack<Number>::kNumbers; ++k) {
      store(&pack.numbers[k], mish_of(to_float(pack.numbers[k]) + shift));
    }
    y[i] = pack.whole;
  }
}

template <class Number>
__global__ void __launch_bounds__(kThreads)
    bias_mish_numbers(const Number* x, const Number* bias, Number* y, size_t count, int channels, int pixels) {
  const size_t stride = static_cast<size_t>(gridDim.x) * blockDim.x;
  for (size_t i = static_cast<size_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < count; i += stride) {
    store(&y[i], mish_of(to_float(x[i]) + to_float(bias[i / pixels % channels])));
  }
}

bool aligned(const void* pointer) { return reinterpret_cast<uintptr_t>(pointer) % sizeof(uint4) == 0; }

dim3 turns(size_t items) {
  const size_t blocks = (items + kThreads - 1) / kThreads;
  return dim3(static_cast<unsigned>(blocks < kMaximumBlocks ? blocks : kMaximumBlocks));
}

// Packs first, the rest of less than a pack one by one; one by one altogether where a pointer is not aligned.
template <class Number>
int launch_mish(const Number* x, Number* y, size_t count, cudaStream_t stream) {
  constexpr size_t a_pack = Pack<Number>::kNumbers;
  const size_t packs = aligned(x) && aligned(y) ? count / a_pack : 0, done = packs * a_pack;
  if (packs > 0) {
    const int status = checked("mish", launch(mish_packs<Number>, turns(packs), dim3(kThreads), stream,
                                              reinterpret_cast<const uint4*>(x), reinterpret_cast<uint4*>(y), packs));
    if (status != 0) return status;
  }
  if (done == count) return 0;
  return checked("mish", launch(mish_numbers<Number>, turns(count - done), dim3(kThreads), stream, x + done, y + done,
                                count - done));
}

template <class Number>
int launch_bias_mish(const Number* x, const Number* bias, Number* y, int images, int channels, int pixels,
                     cudaStream_t stream) {
  constexpr int a_pack = Pack<Number>::kNumbers;
  const size_t count = static_cast<size_t>(images) * channels * pixels;
  if (pixels % a_pack == 0 && aligned(x) && aligned(y)) {
    return checked("bias_mish", launch(bias_mish_packs<Number>, turns(count / a_pack), dim3(kThreads), stream,
                                       reinterpret_cast<const uint4*>(x), bias, reinterpret_cast<uint4*>(y),
                                       count / a_pack, channels, pixels / a_pack));
  }
  return checked("bias_mish", launch(bias_mish_numbers<Number>, turns(count), dim3(kThreads), stream, x, bias, y,
                                     count, channels, pixels));
}

}  // namespace
}  // namespace traffic

int traffic_mish(const void* x, void* y, size_t count, TrafficType type, void* stream) {
  using namespace traffic;
  const int status = check_type("mish", type);
  if (status != 0 || count == 0) return status;
  if (x == nullptr || y == nullptr) return refuse("mish: expected %zu numbers, got null", count);
  const auto on = static_cast<cudaStream_t>(stream);
  if (type == TRAFFIC_FLOAT32) return launch_mish(static_cast<const float*>(x), static_cast<float*>(y), count, on);
  return launch_mish(static_cast<const __half*>(x), static_cast<__half*>(y), count, on);
}

int traffic_bias_mish(const void* x, const void* bias, void* y, int images, int channels, int pixels, TrafficType type,
                      void* stream) {
  using namespace traffic;
  if (images < 0 || channels < 0 || pixels < 0) {
    return refuse("bias_mish: expected sizes of 0 or more, got (%d, %d, %d)", images, channels, pixels);
  }
  const int status = check_type("bias_mish", type);
  if (status != 0 || images == 0 || channels == 0 || pixels == 0) return status;
  if (x == nullptr || bias == nullptr || y == nullptr) return refuse("bias_mish: expected x, bias and y, got null");
  const auto on = static_cast<cudaStream_t>(stream);
  if (type == TRAFFIC_FLOAT32) {
    return launch_bias_mish(static_cast<const float*>(x), static_cast<const float*>(bias), static_cast<float*>(y),
                            images, channels, pixels, on);
  }
  return launch_bias_mish(static_cast<const __half*>(x), static_cast<const __half*>(bias), static_cast<__half*>(y),
                          images, channels, pixels, on);
}
