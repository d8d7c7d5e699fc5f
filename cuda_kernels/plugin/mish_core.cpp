#include "mish_core.h"

#include "../include/traffic_kernels.h"

namespace traffic {

std::size_t numbers_of(nvinfer1::PluginTensorDesc const& tensor) {
  std::size_t numbers = 1;
  for (int32_t axis = 0; axis < tensor.dims.nbDims; ++axis) {
    auto length = static_cast<std::size_t>(tensor.dims.d[axis]);
    const bool is_channel = axis == tensor.dims.nbDims - 3;
    if (is_channel && tensor.format == nvinfer1::TensorFormat::kHWC8) length = (length + 7) / 8 * 8;
    numbers *= length;
  }
  return numbers;
}

int32_t enqueue_mish(nvinfer1::PluginTensorDesc const& input, void const* x, void* y, cudaStream_t stream) {
  const bool half = input.type == nvinfer1::DataType::kHALF;
  return traffic_mish(x, y, numbers_of(input), half ? TRAFFIC_FLOAT16 : TRAFFIC_FLOAT32, stream);
}

}  // namespace traffic
