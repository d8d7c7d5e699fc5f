// Reading pixels of a picture, between them too.
#pragma once

#include "../include/traffic_kernels.h"
#include "platform.h"

namespace traffic {

struct Pixel {
  int blue, green, red;
};

constexpr int kPadLevel = 114;

// Eight-bit BGR rows.
struct BgrRows {
  const unsigned char* pixels;
  int pitch;

  __device__ __forceinline__ Pixel at(int x, int y) const {
    const unsigned char* pixel = pixels + static_cast<size_t>(y) * pitch + 3 * x;
    return Pixel{pixel[0], pixel[1], pixel[2]};
  }
};

// ITU-R limited range YUV to RGB in units of 2^-20.
struct YuvMatrix {
  int luma, red_v, green_u, green_v, blue_u;
};

// Luma rows and, at half the resolution, rows of U and V in turn. A pixel takes the chroma of its 2 x 2 block.
struct Nv12Rows {
  const unsigned char* luma;
  const unsigned char* chroma;
  int pitch;
  YuvMatrix matrix;

  __device__ __forceinline__ static int grey_level(int value) { return min(max(value >> 20, 0), 255); }

  __device__ __forceinline__ Pixel at(int x, int y) const {
    constexpr int half = 1 << 19;
    const unsigned char* uv = chroma + static_cast<size_t>(y / 2) * pitch + (x & ~1);
    const int u = uv[0] - 128, v = uv[1] - 128;
    const int grey = max(luma[static_cast<size_t>(y) * pitch + x] - 16, 0) * matrix.luma + half;
    return Pixel{grey_level(grey + matrix.blue_u * u), grey_level(grey + matrix.green_u * u + matrix.green_v * v),
                 grey_level(grey + matrix.red_v * v)};
  }
};

// A part of a picture: `at` counts from its corner, and nothing outside it is ever read.
template <class Rows>
struct View {
  Rows rows;
  int left, top, width, height;

  __device__ __forceinline__ Pixel at(int x, int y) const { return rows.at(left + x, top + y); }
};

// Writes a pixel into the three planes of picture `index` of a (n, 3, height, width) tensor.
template <class Number>
__device__ __forceinline__ void store_pixel(Number* out, int index, int width, int height, int column, int row,
                                            const Pixel& pixel) {
  const size_t plane = static_cast<size_t>(width) * height;
  Number* target = out + 3 * plane * index + static_cast<size_t>(row) * width + column;
  store(target, static_cast<float>(pixel.blue));
  store(target + plane, static_cast<float>(pixel.green));
  store(target + 2 * plane, static_cast<float>(pixel.red));
}

// 32 x 8 threads, one a pixel; the third axis of the grid counts pictures.
constexpr unsigned kTileWidth = 32, kTileHeight = 8;

inline dim3 tiles(int width, int height, int count) {
  return dim3(blocks_for(width, kTileWidth), blocks_for(height, kTileHeight), count);
}

inline BgrRows rows_of(const TrafficPicture& picture, BgrRows*, TrafficFormat) {
  return BgrRows{static_cast<const unsigned char*>(picture.pixels), picture.pitch};
}

inline Nv12Rows rows_of(const TrafficPicture& picture, Nv12Rows*, TrafficFormat format) {
  constexpr YuvMatrix bt601 = {1220542, 1673527, -409993, -852492, 2116026};  // OpenCV's
  constexpr YuvMatrix bt709 = {1220945, 1879825, -223608, -558787, 2215018};
  return Nv12Rows{static_cast<const unsigned char*>(picture.pixels), static_cast<const unsigned char*>(picture.chroma),
                  picture.pitch, format == TRAFFIC_NV12_BT601 ? bt601 : bt709};
}

// 0, or the refusal of what no kernel could read or write.
int check_picture(const char* who, const TrafficPicture& picture, TrafficFormat format);
int check_out(const char* who, const void* out, int width, int height, TrafficType type);

// Calls action(Rows*, Number*) with null pointers of the types that `format` and `type` stand for.
template <class Action>
int with_types(TrafficFormat format, TrafficType type, Action action) {
  BgrRows* const bgr = nullptr;
  Nv12Rows* const nv12 = nullptr;
  float* const single = nullptr;
  __half* const half = nullptr;
  if (format == TRAFFIC_BGR) return type == TRAFFIC_FLOAT32 ? action(bgr, single) : action(bgr, half);
  return type == TRAFFIC_FLOAT32 ? action(nv12, single) : action(nv12, half);
}

}  // namespace traffic
