#include "pictures.cuh"

#include "status.h"

namespace traffic {
namespace {

int check_nv12(const char* who, const TrafficPicture& picture) {
  if (picture.chroma == nullptr) return refuse("%s: expected chroma rows of an NV12 picture, got null", who);
  if (picture.width % 2 != 0 || picture.height % 2 != 0) {
    return refuse("%s: expected an NV12 picture of even size, got %d x %d", who, picture.width, picture.height);
  }
  return 0;
}

}  // namespace

int check_picture(const char* who, const TrafficPicture& picture, TrafficFormat format) {
  if (format < TRAFFIC_BGR || format > TRAFFIC_NV12_BT709) {
    return refuse("%s: expected format 0 (BGR), 1 or 2 (NV12), got %d", who, format);
  }
  const long long row = format == TRAFFIC_BGR ? 3LL * picture.width : picture.width;
  if (picture.pixels == nullptr || picture.width < 1 || picture.height < 1 || picture.pitch < row) {
    return refuse("%s: expected a picture of at least 1 x 1 with %lld bytes a row, got %d x %d with pitch %d%s", who,
                  row, picture.width, picture.height, picture.pitch, picture.pixels == nullptr ? " at null" : "");
  }
  return format == TRAFFIC_BGR ? 0 : check_nv12(who, picture);
}

int check_out(const char* who, const void* out, int width, int height, TrafficType type) {
  const int status = check_type(who, type);
  if (status != 0) return status;
  if (out == nullptr || width < 1 || height < 1) {
    return refuse("%s: expected an output of at least 1 x 1, got %d x %d%s", who, width, height,
                  out == nullptr ? " at null" : "");
  }
  return 0;
}

}  // namespace traffic
