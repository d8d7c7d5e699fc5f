#include "status.h"

#include <cstdarg>
#include <cstdio>

namespace traffic {
namespace {

thread_local char last_error[256] = "";

}  // namespace

int refuse(const char* format, ...) {
  va_list values;
  va_start(values, format);
  std::vsnprintf(last_error, sizeof last_error, format, values);
  va_end(values);
  return cudaErrorInvalidValue;
}

int checked(const char* what, cudaError_t error) {
  if (error != cudaSuccess) std::snprintf(last_error, sizeof last_error, "%s: %s", what, cudaGetErrorString(error));
  return error;
}

int check_count(const char* who, int count, int maximum) {
  if (count >= 0 && count <= maximum) return 0;
  return refuse("%s: expected a count of 0 to %d, got %d", who, maximum, count);
}

int check_type(const char* who, TrafficType type) {
  if (type == TRAFFIC_FLOAT32 || type == TRAFFIC_FLOAT16) return 0;
  return refuse("%s: expected type 0 (FP32) or 1 (FP16), got %d", who, type);
}

}  // namespace traffic

const char* traffic_last_error(void) { return traffic::last_error; }
