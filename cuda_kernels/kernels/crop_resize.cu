// Crops of one picture, batched: boxes stretched to one size, or quadrilaterals seen straight.
#include "../include/traffic_kernels.h"
#include "pictures.cuh"
#include "resize.cuh"
#include "status.h"

namespace traffic {
namespace {

template <class Rows>
struct BoxCrops {
  Rows rows;
  TrafficBox boxes[TRAFFIC_MAXIMUM_CROPS];
  Resize resizes[TRAFFIC_MAXIMUM_CROPS];
};

struct Matrix {
  float m[9];
};

template <class Rows>
struct PerspectiveCrops {
  View<Rows> view;
  Matrix out_to_picture[TRAFFIC_MAXIMUM_CROPS];
};

template <class Rows, class Number>
__global__ void __launch_bounds__(kTileWidth * kTileHeight)
    crop_boxes(const BoxCrops<Rows> crops, Number* out, int width, int height) {
  const int column = blockIdx.x * blockDim.x + threadIdx.x, row = blockIdx.y * blockDim.y + threadIdx.y;
  const int index = blockIdx.z;
  const TrafficBox box = crops.boxes[index];
  const View<Rows> view = {crops.rows, box.left, box.top, box.right - box.left, box.bottom - box.top};
  const TileNeighbours& tile = tile_neighbours(crops.resizes[index], view.width, view.height);
  if (column >= width || row >= height) return;
  store_pixel(out, index, width, height, column, row, resized(view, tile));
}

// A coordinate with its two pixels; far outside the picture both are the edge.
struct Between {
  int low, high;
  float share;
};

__device__ __forceinline__ Between between(float position, int size) {
  const float near = fminf(fmaxf(position, -1.0f), static_cast<float>(size));  // NaN becomes -1
  const int low = __float2int_rd(near);
  return Between{min(max(low, 0), size - 1), min(max(low + 1, 0), size - 1), near - static_cast<float>(low)};
}

__device__ __forceinline__ int mixed(int top_left, int top_right, int bottom_left, int bottom_right, float x, float y) {
  const float top = top_left + (top_right - top_left) * x, bottom = bottom_left + (bottom_right - bottom_left) * x;
  return __float2int_rn(top + (bottom - top) * y);
}

template <class Rows>
__device__ __forceinline__ Pixel sampled(const View<Rows>& view, float x, float y) {
  const Between across = between(x, view.width), down = between(y, view.height);
  const Pixel a = view.at(across.low, down.low), b = view.at(across.high, down.low);
  const Pixel c = view.at(across.low, down.high), d = view.at(across.high, down.high);
  return Pixel{mixed(a.blue, b.blue, c.blue, d.blue, across.share, down.share),
               mixed(a.green, b.green, c.green, d.green, across.share, down.share),
               mixed(a.red, b.red, c.red, d.red, across.share, down.share)};
}

template <class Rows, class Number>
__global__ void __launch_bounds__(kTileWidth * kTileHeight)
    crop_perspective(const PerspectiveCrops<Rows> crops, Number* out, int width, int height) {
  const int column = blockIdx.x * blockDim.x + threadIdx.x, row = blockIdx.y * blockDim.y + threadIdx.y;
  if (column >= width || row >= height) return;
  const int index = blockIdx.z;
  const float* m = crops.out_to_picture[index].m;
  const float x = static_cast<float>(column), y = static_cast<float>(row);
  const float depth = m[6] * x + m[7] * y + m[8];
  const Pixel pixel =
      sampled(crops.view, (m[0] * x + m[1] * y + m[2]) / depth, (m[3] * x + m[4] * y + m[5]) / depth);
  store_pixel(out, index, width, height, column, row, pixel);
}

template <class Rows, class Number>
int launch_boxes(const TrafficPicture& picture, TrafficFormat format, const TrafficBox* boxes, int count, Number* out,
                 int width, int height, cudaStream_t stream) {
  BoxCrops<Rows> crops = {};
  crops.rows = rows_of(picture, static_cast<Rows*>(nullptr), format);
  for (int i = 0; i < count; ++i) {
    crops.boxes[i] = boxes[i];
    crops.resizes[i] = resize_to(width, height, boxes[i].right - boxes[i].left, boxes[i].bottom - boxes[i].top);
  }
  return checked("crop_boxes", launch(crop_boxes<Rows, Number>, tiles(width, height, count),
                                      dim3(kTileWidth, kTileHeight), stream, crops, out, width, height));
}

template <class Rows, class Number>
int launch_perspective(const TrafficPicture& picture, TrafficFormat format, const float* out_to_picture, int count,
                       Number* out, int width, int height, cudaStream_t stream) {
  PerspectiveCrops<Rows> crops = {};
  crops.view = View<Rows>{rows_of(picture, static_cast<Rows*>(nullptr), format), 0, 0, picture.width, picture.height};
  for (int i = 0; i < 9 * count; ++i) crops.out_to_picture[i / 9].m[i % 9] = out_to_picture[i];
  return checked("crop_perspective", launch(crop_perspective<Rows, Number>, tiles(width, height, count),
                                            dim3(kTileWidth, kTileHeight), stream, crops, out, width, height));
}

int check(const char* who, const TrafficPicture* picture, TrafficFormat format, int count, const void* out, int width,
          int height, TrafficType type) {
  const int status = check_count(who, count, TRAFFIC_MAXIMUM_CROPS);
  if (status != 0 || count == 0) return status;
  const int picture_status = check_picture(who, *picture, format);
  return picture_status != 0 ? picture_status : check_out(who, out, width, height, type);
}

int check_boxes(const TrafficPicture& picture, const TrafficBox* boxes, int count) {
  for (int i = 0; i < count; ++i) {
    const TrafficBox& box = boxes[i];
    const bool inside = box.left >= 0 && box.top >= 0 && box.right <= picture.width && box.bottom <= picture.height;
    if (!inside || box.left >= box.right || box.top >= box.bottom) {
      return refuse("crop_boxes: expected a box inside %d x %d, got left %d top %d right %d bottom %d", picture.width,
                    picture.height, box.left, box.top, box.right, box.bottom);
    }
  }
  return 0;
}

}  // namespace
}  // namespace traffic

int traffic_crop_boxes(const TrafficPicture* picture, TrafficFormat format, const TrafficBox* boxes, int count,
                       void* out, int width, int height, TrafficType type, void* stream) {
  using namespace traffic;
  int status = check("crop_boxes", picture, format, count, out, width, height, type);
  if (status == 0) status = check_boxes(*picture, boxes, count);
  if (status != 0 || count == 0) return status;
  return with_types(format, type, [&](auto* rows, auto* number) {
    using Rows = std::remove_pointer_t<decltype(rows)>;
    using Number = std::remove_pointer_t<decltype(number)>;
    return launch_boxes<Rows>(*picture, format, boxes, count, static_cast<Number*>(out), width, height,
                              static_cast<cudaStream_t>(stream));
  });
}

int traffic_crop_perspective(const TrafficPicture* picture, TrafficFormat format, const float* out_to_picture,
                             int count, void* out, int width, int height, TrafficType type, void* stream) {
  using namespace traffic;
  const int status = check("crop_perspective", picture, format, count, out, width, height, type);
  if (status != 0 || count == 0) return status;
  return with_types(format, type, [&](auto* rows, auto* number) {
    using Rows = std::remove_pointer_t<decltype(rows)>;
    using Number = std::remove_pointer_t<decltype(number)>;
    return launch_perspective<Rows>(*picture, format, out_to_picture, count, static_cast<Number*>(out), width, height,
                                    static_cast<cudaStream_t>(stream));
  });
}
