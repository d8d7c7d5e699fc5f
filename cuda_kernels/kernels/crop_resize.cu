// Crops of one picture, batched: boxes resized into a corner of their crop, or quadrilaterals seen straight.
#include "../include/traffic_kernels.h"
#include "pictures.cuh"
#include "resize.cuh"
#include "status.h"

namespace traffic {
namespace {

struct BoxCrop {
  int left, top, width, height;
  Resize resize;
};

template <class Rows>
struct BoxCrops {
  Rows rows;
  BoxCrop crops[TRAFFIC_MAXIMUM_CROPS];
};

template <class Rows>
struct PerspectiveCrops {
  View<Rows> view;
  TrafficQuad quads[TRAFFIC_MAXIMUM_CROPS];
};

static_assert(sizeof(BoxCrops<Nv12Rows>) < 4000 && sizeof(PerspectiveCrops<Nv12Rows>) < 4000,
              "a kernel takes 4 KB of parameters");

template <class Rows, class Number>
__global__ void __launch_bounds__(kTileWidth * kTileHeight)
    crop_boxes(const BoxCrops<Rows> crops, Number* out, int width, int height) {
  const int column = blockIdx.x * blockDim.x + threadIdx.x, row = blockIdx.y * blockDim.y + threadIdx.y;
  const int index = blockIdx.z;
  const BoxCrop& crop = crops.crops[index];
  const Resize& resize = crop.resize;
  const View<Rows> view = {crops.rows, crop.left, crop.top, crop.width, crop.height};
  const TileNeighbours& tile = tile_neighbours(resize, view.width, view.height);
  if (column >= width || row >= height) return;
  Pixel pixel = {kPadLevel, kPadLevel, kPadLevel};
  if (column < resize.width && row < resize.height) {
    pixel = resize.sampling == kArea ? averaged(span(column, static_cast<float>(resize.step_x), view.width),
                                                span(row, static_cast<float>(resize.step_y), view.height),
                                                [&](int x, int y) { return view.at(x, y); })
                                     : resized(view, tile);
  }
  store_pixel(out, index, width, height, column, row, pixel);
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

template <class Rows>
__device__ __forceinline__ Pixel seen_through(const View<Rows>& view, const float* m, float x, float y) {
  const float depth = m[6] * x + m[7] * y + m[8];
  return sampled(view, (m[0] * x + m[1] * y + m[2]) / depth, (m[3] * x + m[4] * y + m[5]) / depth);
}

template <class Rows, class Number>
__global__ void __launch_bounds__(kTileWidth * kTileHeight)
    crop_perspective(const PerspectiveCrops<Rows> crops, Number* out, int width, int height) {
  const int column = blockIdx.x * blockDim.x + threadIdx.x, row = blockIdx.y * blockDim.y + threadIdx.y;
  if (column >= width || row >= height) return;
  const int index = blockIdx.z;
  const TrafficQuad& quad = crops.quads[index];
  const Span across = span(column, static_cast<float>(quad.width) / static_cast<float>(width), quad.width);
  const Span down = span(row, static_cast<float>(quad.height) / static_cast<float>(height), quad.height);
  const Pixel pixel = averaged(across, down, [&](int x, int y) {
    return seen_through(crops.view, quad.out_to_picture, static_cast<float>(x), static_cast<float>(y));
  });
  store_pixel(out, index, width, height, column, row, pixel);
}

template <class Rows, class Number>
int launch_boxes(const TrafficPicture& picture, TrafficFormat format, const TrafficBox* boxes, int count, Number* out,
                 int width, int height, cudaStream_t stream) {
  BoxCrops<Rows> crops = {};
  crops.rows = rows_of(picture, static_cast<Rows*>(nullptr), format);
  for (int i = 0; i < count; ++i) {
    const TrafficBox& box = boxes[i];
    const int from_width = box.right - box.left, from_height = box.bottom - box.top;
    crops.crops[i] = BoxCrop{box.left, box.top, from_width, from_height,
                             resize_to(box.width, box.height, from_width, from_height, box.sampling)};
  }
  return checked("crop_boxes", launch(crop_boxes<Rows, Number>, tiles(width, height, count),
                                      dim3(kTileWidth, kTileHeight), stream, crops, out, width, height));
}

template <class Rows, class Number>
int launch_perspective(const TrafficPicture& picture, TrafficFormat format, const TrafficQuad* quads, int count,
                       Number* out, int width, int height, cudaStream_t stream) {
  PerspectiveCrops<Rows> crops = {};
  crops.view = View<Rows>{rows_of(picture, static_cast<Rows*>(nullptr), format), 0, 0, picture.width, picture.height};
  for (int i = 0; i < count; ++i) crops.quads[i] = quads[i];
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

int check_box(const TrafficPicture& picture, const TrafficBox& box, int width, int height) {
  const bool inside = box.left >= 0 && box.top >= 0 && box.right <= picture.width && box.bottom <= picture.height;
  if (!inside || box.left >= box.right || box.top >= box.bottom) {
    return refuse("crop_boxes: expected a box inside %d x %d, got left %d top %d right %d bottom %d", picture.width,
                  picture.height, box.left, box.top, box.right, box.bottom);
  }
  if (box.width < 1 || box.height < 1 || box.width > width || box.height > height) {
    return refuse("crop_boxes: expected a box to become 1 x 1 to %d x %d, got %d x %d", width, height, box.width,
                  box.height);
  }
  if (box.sampling != TRAFFIC_LINEAR && box.sampling != TRAFFIC_AREA) {
    return refuse("crop_boxes: expected sampling 0 (linear) or 1 (area), got %d", box.sampling);
  }
  return 0;
}

int check_quad(const TrafficQuad& quad, int width, int height) {
  if (quad.width >= width && quad.height >= height) return 0;
  return refuse("crop_perspective: expected a quadrilateral to be seen in %d x %d at least, got %d x %d", width, height,
                quad.width, quad.height);
}

}  // namespace
}  // namespace traffic

int traffic_crop_boxes(const TrafficPicture* picture, TrafficFormat format, const TrafficBox* boxes, int count,
                       void* out, int width, int height, TrafficType type, void* stream) {
  using namespace traffic;
  int status = check("crop_boxes", picture, format, count, out, width, height, type);
  for (int i = 0; status == 0 && i < count; ++i) status = check_box(*picture, boxes[i], width, height);
  if (status != 0 || count == 0) return status;
  return with_types(format, type, [&](auto* rows, auto* number) {
    using Rows = std::remove_pointer_t<decltype(rows)>;
    using Number = std::remove_pointer_t<decltype(number)>;
    return launch_boxes<Rows>(*picture, format, boxes, count, static_cast<Number*>(out), width, height,
                              static_cast<cudaStream_t>(stream));
  });
}

int traffic_crop_perspective(const TrafficPicture* picture, TrafficFormat format, const TrafficQuad* quads, int count,
                             void* out, int width, int height, TrafficType type, void* stream) {
  using namespace traffic;
  int status = check("crop_perspective", picture, format, count, out, width, height, type);
  for (int i = 0; status == 0 && i < count; ++i) status = check_quad(quads[i], width, height);
  if (status != 0 || count == 0) return status;
  return with_types(format, type, [&](auto* rows, auto* number) {
    using Rows = std::remove_pointer_t<decltype(rows)>;
    using Number = std::remove_pointer_t<decltype(number)>;
    return launch_perspective<Rows>(*picture, format, quads, count, static_cast<Number*>(out), width, height,
                                    static_cast<cudaStream_t>(stream));
  });
}
