// How a launcher tells what went wrong: a cudaError_t for the program, a sentence for the reader.
#pragma once

#include "../include/traffic_kernels.h"
#include "platform.h"

namespace traffic {

// An argument that cannot be: returns cudaErrorInvalidValue and keeps the sentence.
int refuse(const char* format, ...) __attribute__((format(printf, 1, 2)));

// Passes the result of a call or launch on; keeps "<what>: <CUDA's words>" if it failed.
int checked(const char* what, cudaError_t error);

// What every launcher asks of its arguments: 0, or the refusal.
int check_count(const char* who, int count, int maximum);
int check_type(const char* who, TrafficType type);

}  // namespace traffic
