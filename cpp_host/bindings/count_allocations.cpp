// To be loaded before everything else (LD_PRELOAD): stands between a process and the C library's
// allocator, and counts the calls of every thread that asked for it. `tonecast bench` measures in
// such a process, so that ONNX Runtime's allocations are seen like the engine's own.

#include "engine/live/allocator_calls.h"

#include <cerrno>
#include <cstddef>

extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void* __libc_valloc(std::size_t);
void* __libc_pvalloc(std::size_t);
void __libc_free(void*);
}

#define TONECAST_EXPORT __attribute__((visibility("default")))

namespace {

// The model of thread-local storage that needs no allocation itself.
__attribute__((tls_model("initial-exec"))) thread_local tonecast::AllocatorCalls calls{};

void count_allocation() noexcept {
    if (calls.armed)
        ++calls.allocations;
}

} // namespace

extern "C" {

TONECAST_EXPORT tonecast::AllocatorCalls* tonecast_allocator_calls() {
    return &calls;
}

TONECAST_EXPORT void* malloc(std::size_t size) {
    count_allocation();
    return __libc_malloc(size);
}

TONECAST_EXPORT void* calloc(std::size_t count, std::size_t size) {
    count_allocation();
    return __libc_calloc(count, size);
}

TONECAST_EXPORT void* realloc(void* old, std::size_t size) {
    count_allocation();
    return __libc_realloc(old, size);
}

TONECAST_EXPORT void* memalign(std::size_t alignment, std::size_t size) {
    count_allocation();
    return __libc_memalign(alignment, size);
}

TONECAST_EXPORT void* aligned_alloc(std::size_t alignment, std::size_t size) {
    count_allocation();
    return __libc_memalign(alignment, size);
}

TONECAST_EXPORT int posix_memalign(void** where, std::size_t alignment, std::size_t size) {
    count_allocation();
    if (alignment % sizeof(void*) != 0 || (alignment & (alignment - 1)) != 0 || alignment == 0)
        return EINVAL;
    void* const memory = __libc_memalign(alignment, size);
    if (memory == nullptr)
        return ENOMEM;
    *where = memory;
    return 0;
}

TONECAST_EXPORT void* valloc(std::size_t size) {
    count_allocation();
    return __libc_valloc(size);
}

TONECAST_EXPORT void* pvalloc(std::size_t size) {
    count_allocation();
    return __libc_pvalloc(size);
}

TONECAST_EXPORT void free(void* memory) {
    if (calls.armed && memory != nullptr)
        ++calls.frees;
    __libc_free(memory);
}

} // extern "C"
