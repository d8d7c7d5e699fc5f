// Runs the threads of a block as fibers on one OS thread.
//
// A fiber takes one CUDA thread after the other until one of them waits at a barrier; only then is another fiber
// begun. A kernel without barriers is thereby a plain loop on one stack.
#include <sys/mman.h>
#include <ucontext.h>

#include <memory>
#include <utility>
#include <vector>

#include "emulator.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#define ON_ASAN(statement) statement
#else
#define ON_ASAN(statement)
#endif

namespace cuda_emulator {

Place place;

namespace {

constexpr std::size_t kStackBytes = 256 * 1024;
constexpr std::size_t kGuardBytes = 4096;

struct Fiber {
  ucontext_t context;
  char* stack;  // above a page that may not be touched
  void* fake_stack;
  uint3 thread;
  const char* file;  // of the barrier it waits at; null while it waits at none
  int line;

  Fiber() : context(), stack(nullptr), fake_stack(nullptr), thread(), file(nullptr), line(0) {
    void* memory = mmap(nullptr, kGuardBytes + kStackBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(memory, kGuardBytes, PROT_NONE);
    stack = static_cast<char*>(memory) + kGuardBytes;
  }
  ~Fiber() { munmap(stack - kGuardBytes, kGuardBytes + kStackBytes); }
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;
};

struct Scheduler {
  ucontext_t context;
  void* fake_stack;
  const void* stack;
  std::size_t stack_bytes;
  std::vector<std::unique_ptr<Fiber>> idle;
  const std::function<void()>* kernel;
  std::vector<unsigned> order;
  std::size_t next;
  Fiber* running;
};

Scheduler scheduler;

void back_to_scheduler() {
  Fiber& fiber = *scheduler.running;
  ON_ASAN(__sanitizer_start_switch_fiber(&fiber.fake_stack, scheduler.stack, scheduler.stack_bytes);)
  swapcontext(&fiber.context, &scheduler.context);
  ON_ASAN(__sanitizer_finish_switch_fiber(fiber.fake_stack, &scheduler.stack, &scheduler.stack_bytes);)
}

void take_threads() {
  ON_ASAN(__sanitizer_finish_switch_fiber(nullptr, &scheduler.stack, &scheduler.stack_bytes);)
  for (;;) {
    while (scheduler.next < scheduler.order.size()) {
      place.thread = thread_at(scheduler.order[scheduler.next++], place.threads_a_block);
      (*scheduler.kernel)();
    }
    scheduler.running->file = nullptr;
    back_to_scheduler();
  }
}

void run(Fiber& fiber) {
  scheduler.running = &fiber;
  place.thread = fiber.thread;
  ON_ASAN(__sanitizer_start_switch_fiber(&scheduler.fake_stack, fiber.stack, kStackBytes);)
  swapcontext(&scheduler.context, &fiber.context);
  ON_ASAN(__sanitizer_finish_switch_fiber(scheduler.fake_stack, nullptr, nullptr);)
}

std::unique_ptr<Fiber> take_fiber() {
  if (!scheduler.idle.empty()) {
    std::unique_ptr<Fiber> fiber = std::move(scheduler.idle.back());
    scheduler.idle.pop_back();
    return fiber;
  }
  std::unique_ptr<Fiber> fiber(new Fiber);
  getcontext(&fiber->context);
  fiber->context.uc_stack.ss_sp = fiber->stack;
  fiber->context.uc_stack.ss_size = kStackBytes;
  fiber->context.uc_link = nullptr;
  makecontext(&fiber->context, take_threads, 0);
  return fiber;
}

template <class T>
void shuffle(std::vector<T>& items) {
  if (!shuffled()) return;
  for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[random_below(static_cast<unsigned>(i))]);
}

using Fibers = std::vector<std::unique_ptr<Fiber>>;

void sort_out(std::unique_ptr<Fiber> fiber, Fibers& waiting) {
  (fiber->file != nullptr ? waiting : scheduler.idle).push_back(std::move(fiber));
}

bool all_at_one_barrier(const Fibers& waiting, unsigned threads) {
  const Fiber& first = *waiting.front();
  if (waiting.size() != threads) {
    report("%s:%d: __syncthreads reached by %zu of %u threads", first.file, first.line, waiting.size(), threads);
    return false;
  }
  for (const auto& fiber : waiting) {
    if (fiber->line != first.line || fiber->file != first.file) {
      report("%s:%d: __syncthreads reached while others wait at line %d", fiber->file, fiber->line, first.line);
      return false;
    }
  }
  return true;
}

}  // namespace

void barrier(const char* file, int line) {
  Fiber& fiber = *scheduler.running;
  fiber.thread = place.thread;
  fiber.file = file;
  fiber.line = line;
  back_to_scheduler();
}

bool run_block(const Place& first, unsigned threads, const std::function<void()>& kernel) {
  place = first;
  scheduler.kernel = &kernel;
  scheduler.next = 0;
  scheduler.order.resize(threads);
  for (unsigned i = 0; i < threads; ++i) scheduler.order[i] = i;
  shuffle(scheduler.order);

  Fibers waiting;
  while (scheduler.next < threads) {
    std::unique_ptr<Fiber> fiber = take_fiber();
    run(*fiber);
    sort_out(std::move(fiber), waiting);
  }
  while (!waiting.empty()) {
    if (!all_at_one_barrier(waiting, threads)) return false;
    shuffle(waiting);
    Fibers resumed;
    resumed.swap(waiting);
    for (auto& fiber : resumed) {
      fiber->file = nullptr;
      run(*fiber);
      sort_out(std::move(fiber), waiting);
    }
  }
  return true;
}

}  // namespace cuda_emulator
