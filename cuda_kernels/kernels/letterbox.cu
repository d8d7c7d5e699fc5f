// Resize + pad + HWC to CHW + FP32 or FP16, in one pass over the picture.
#include "../include/traffic_kernels.h"
#include "pictures.cuh"
#include "resize.cuh"
#include "status.h"

namespace traffic {
namespace {

template <class Rows>
struct Letterboxes {
  View<Rows> views[TRAFFIC_MAXIMUM_PICTURES];
  Resize resizes[TRAFFIC_MAXIMUM_PICTURES];
};

template <class Rows, class Number>
__global__ void __launch_bounds__(kTileWidth * kTileHeight)
    letterbox(const Letterboxes<Rows> pictures, Number* out, int width, int height) {
  const int column = blockIdx.x * blockDim.x + threadIdx.x, row = blockIdx.y * blockDim.y + threadIdx.y;
  const int index = blockIdx.z;
  const Resize& resize = pictures.resizes[index];
  const View<Rows>& view = pictures.views[index];
  const TileNeighbours& tile = tile_neighbours(resize, view.width, view.height);
  if (column >= width || row >= height) return;
  Pixel pixel = {kPadLevel, kPadLevel, kPadLevel};
  if (column < resize.width && row < resize.height) pixel = resized(view, tile);
  store_pixel(out, index, width, height, column, row, pixel);
}

// Sizes cut to whole pixels as YOLOX does it.
Resize letterbox_resize(const TrafficPicture& picture, int width, int height) {
  const double scale_y = static_cast<double>(height) / picture.height;
  const double scale_x = static_cast<double>(width) / picture.width;
  const double scale = scale_y < scale_x ? scale_y : scale_x;
  return resize_to(static_cast<int>(picture.width * scale), static_cast<int>(picture.height * scale), picture.width,
                   picture.height, TRAFFIC_LINEAR);
}

template <class Rows, class Number>
int launch_letterbox(const TrafficPicture* pictures, int count, TrafficFormat format, Number* out, int width,
                     int height, cudaStream_t stream) {
  Letterboxes<Rows> jobs = {};
  for (int i = 0; i < count; ++i) {
    const TrafficPicture& picture = pictures[i];
    jobs.views[i] = View<Rows>{rows_of(picture, static_cast<Rows*>(nullptr), format), 0, 0, picture.width,
                               picture.height};
    jobs.resizes[i] = letterbox_resize(picture, width, height);
    if (jobs.resizes[i].width < 1 || jobs.resizes[i].height < 1) {
      return refuse("letterbox: a picture of %d x %d leaves no pixel in %d x %d", picture.width, picture.height, width,
                    height);
    }
  }
  return checked("letterbox", launch(letterbox<Rows, Number>, tiles(width, height, count),
                                     dim3(kTileWidth, kTileHeight), stream, jobs, out, width, height));
}

int check(const TrafficPicture* pictures, int count, TrafficFormat format, const void* out, int width, int height,
          TrafficType type) {
  int status = check_count("letterbox", count, TRAFFIC_MAXIMUM_PICTURES);
  for (int i = 0; status == 0 && i < count; ++i) status = check_picture("letterbox", pictures[i], format);
  return status != 0 || count == 0 ? status : check_out("letterbox", out, width, height, type);
}

}  // namespace
}  // namespace traffic

int traffic_letterbox(const TrafficPicture* pictures, int count, TrafficFormat format, void* out, int width, int height,
                      TrafficType type, void* stream) {
  using namespace traffic;
  const int status = check(pictures, count, format, out, width, height, type);
  if (status != 0 || count == 0) return status;
  return with_types(format, type, [&](auto* rows, auto* number) {
    using Rows = std::remove_pointer_t<decltype(rows)>;
    using Number = std::remove_pointer_t<decltype(number)>;
    return launch_letterbox<Rows>(pictures, count, format, static_cast<Number*>(out), width, height,
                                  static_cast<cudaStream_t>(stream));
  });
}
