// OpenCV's resize of 8-bit pictures: bilinear to the bit, by areas within a grey level.
#pragma once

#include "pictures.cuh"

namespace traffic {

// The two neighbours of a resized pixel on one axis, and their weights in 2048ths.
struct Neighbours {
  int low, high, low_weight, high_weight;
};

__device__ __forceinline__ Neighbours neighbours(int low, float share) {
  return Neighbours{low, low + 1, __float2int_rn((1.0f - share) * 2048.0f), __float2int_rn(share * 2048.0f)};
}

// How a view is resized: between pixels; by areas; or what OpenCV makes of areas when only one axis shrinks.
enum Sampling { kLinear, kArea, kAreaOfOneAxis };

// As OpenCV places and rounds them; `step` is source pixels a target pixel, in double precision because a float would
// round some weights to the other side.
__device__ __forceinline__ Neighbours neighbours(int target, double step, Sampling sampling) {
  if (sampling == kAreaOfOneAxis) {
    const int low = static_cast<int>(target * step);
    const float share = static_cast<float>((target + 1) - (low + 1) / step);
    return neighbours(low, share <= 0.0f ? 0.0f : share - static_cast<float>(__float2int_rd(share)));
  }
  const float position = static_cast<float>((target + 0.5) * step - 0.5);
  const int low = __float2int_rd(position);
  return neighbours(low, position - static_cast<float>(low));
}

// A column beyond the edge counts in full (OpenCV), a row beyond it is the edge's own.
__device__ __forceinline__ Neighbours columns(int target, double step, int width, Sampling sampling) {
  const Neighbours free = neighbours(target, step, sampling);
  if (free.low >= 0 && free.high < width) return free;
  const int edge = free.low < 0 ? 0 : width - 1;
  return Neighbours{edge, edge, 2048, 0};
}

__device__ __forceinline__ Neighbours rows(int target, double step, int height, Sampling sampling) {
  const Neighbours free = neighbours(target, step, sampling);
  return Neighbours{min(max(free.low, 0), height - 1), min(max(free.high, 0), height - 1), free.low_weight,
                    free.high_weight};
}

// One channel, in OpenCV's order of roundings.
__device__ __forceinline__ int blend(int top_left, int top_right, int bottom_left, int bottom_right,
                                     const Neighbours& x, const Neighbours& y) {
  const int top = (top_left * x.low_weight + top_right * x.high_weight) >> 4;
  const int bottom = (bottom_left * x.low_weight + bottom_right * x.high_weight) >> 4;
  return (((y.low_weight * top) >> 16) + ((y.high_weight * bottom) >> 16) + 2) >> 2;
}

// How a view becomes width x height.
struct Resize {
  int width, height;
  Sampling sampling;
  double step_x, step_y;
};

inline Resize resize_to(int width, int height, int from_width, int from_height, TrafficSampling wanted) {
  const bool shrinks = from_width >= width && from_height >= height;
  const Sampling areas = shrinks ? kArea : kAreaOfOneAxis;
  return Resize{width, height, wanted == TRAFFIC_AREA ? areas : kLinear,
                1.0 / (static_cast<double>(width) / from_width), 1.0 / (static_cast<double>(height) / from_height)};
}

// The neighbours of a tile's columns and rows, worked out by two of its eight warps for all: double precision is slow on
// small devices. Every thread of the block must come here; `width` and `height` are those of the view.
struct TileNeighbours {
  Neighbours columns[kTileWidth], rows[kTileHeight];
};

static __device__ const TileNeighbours& tile_neighbours(const Resize& resize, int width, int height) {
  __shared__ TileNeighbours tile;
  const int x = threadIdx.x, y = threadIdx.y;
  if (y == 0) tile.columns[x] = columns(blockIdx.x * kTileWidth + x, resize.step_x, width, resize.sampling);
  if (y == 1 && x < static_cast<int>(kTileHeight)) {
    tile.rows[x] = rows(blockIdx.y * kTileHeight + x, resize.step_y, height, resize.sampling);
  }
  __syncthreads();
  return tile;
}

// The pixel of this thread.
template <class Rows>
__device__ __forceinline__ Pixel resized(const View<Rows>& view, const TileNeighbours& tile) {
  const Neighbours x = tile.columns[threadIdx.x], y = tile.rows[threadIdx.y];
  const Pixel a = view.at(x.low, y.low), b = view.at(x.high, y.low);
  const Pixel c = view.at(x.low, y.high), d = view.at(x.high, y.high);
  return Pixel{blend(a.blue, b.blue, c.blue, d.blue, x, y), blend(a.green, b.green, c.green, d.green, x, y),
               blend(a.red, b.red, c.red, d.red, x, y)};
}

// The source pixels under a target pixel on one axis: the first and the last with their shares, all between in full.
struct Span {
  int first, last;
  float first_share, last_share;

  __device__ __forceinline__ float share(int position) const {
    return position == first ? first_share : position == last ? last_share : 1.0f;
  }
};

// `step`, source pixels a target pixel, is at least 1.
__device__ __forceinline__ Span span(int target, float step, int size) {
  const float start = static_cast<float>(target) * step, end = start + step;
  const int first = min(__float2int_rd(start), size - 1);
  const int last = max(min(-__float2int_rd(-end) - 1, size - 1), first);
  return Span{first, last, fminf(static_cast<float>(first + 1), end) - start, end - static_cast<float>(last)};
}

// A mean of pixels.
struct Mean {
  float blue = 0.0f, green = 0.0f, red = 0.0f, weight = 0.0f;

  __device__ __forceinline__ void add(const Pixel& pixel, float share) {
    blue += static_cast<float>(pixel.blue) * share;
    green += static_cast<float>(pixel.green) * share;
    red += static_cast<float>(pixel.red) * share;
    weight += share;
  }

  __device__ __forceinline__ Pixel pixel() const {
    return Pixel{__float2int_rn(blue / weight), __float2int_rn(green / weight), __float2int_rn(red / weight)};
  }
};

// The mean of what `at(x, y)` gives under a target pixel.
template <class At>
__device__ __forceinline__ Pixel averaged(const Span& across, const Span& down, At at) {
  Mean mean;
  for (int y = down.first; y <= down.last; ++y) {
    for (int x = across.first; x <= across.last; ++x) mean.add(at(x, y), across.share(x) * down.share(y));
  }
  return mean.pixel();
}

}  // namespace traffic
