#pragma once

#include <cstdint>

#if defined(__linux__)
#include <dlfcn.h>
#endif

namespace tonecast {

/// One thread's calls to the allocator. While it is armed they are counted by
/// libtonecast_count_allocations.so, for processes that were started with it in LD_PRELOAD.
struct AllocatorCalls {
    bool armed;
    std::uint64_t allocations; // malloc and its relatives, from any library
    std::uint64_t frees;       // giving memory back may wait just as well
};

/// The calling thread's, or null where they are not counted.
inline AllocatorCalls* allocator_calls() noexcept {
#if defined(__linux__)
    using Find = AllocatorCalls* (*)();
    void* const found = dlsym(RTLD_DEFAULT, "tonecast_allocator_calls");
    return found == nullptr ? nullptr : reinterpret_cast<Find>(found)();
#else
    return nullptr;
#endif
}

} // namespace tonecast
