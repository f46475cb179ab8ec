// Counts what the allocator is asked for while a network plays.

#include "tests/check.h"
#include "tests/families/wavenet/streams.h"

#include <cstdlib>
#include <new>

namespace {

bool counting = false;
int calls = 0;

void* allocate(std::size_t size, std::size_t alignment) {
    calls += counting ? 1 : 0;
    void* const memory = std::aligned_alloc(alignment, (size + alignment) / alignment * alignment);
    if (memory == nullptr)
        throw std::bad_alloc();
    return memory;
}

void release(void* memory) {
    calls += counting ? 1 : 0; // giving memory back may wait just as well
    std::free(memory);
}

} // namespace

void* operator new(std::size_t size) {
    return allocate(size, alignof(std::max_align_t));
}
void* operator new[](std::size_t size) {
    return allocate(size, alignof(std::max_align_t));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
    return allocate(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept {
    release(memory);
}
void operator delete[](void* memory) noexcept {
    release(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    release(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
    release(memory);
}
void operator delete[](void* memory, std::align_val_t) noexcept {
    release(memory);
}

TEST(a_wavenet_neither_allocates_nor_frees_while_it_plays) {
    using namespace wavenet_streams;
    counting = true;
    delete new int(1); // the counter counts
    counting = false;
    CHECK(calls == 2);
    for (const Kernel* kernel : tonecast::wavenet::runnable())
        for (unsigned seed = 1; seed <= 20; ++seed) {
            const auto stream = load(random_wavenet::random_network(seed), *kernel)->make_stream(2);
            std::vector<float> left = random_wavenet::noise(1, 500, 0.5F);
            std::vector<float> right = random_wavenet::noise(2, 500, 0.5F);
            float* const channels[] = {left.data(), right.data()};
            calls = 0;
            counting = true;
            for (const int count : {1, 500, 0, 64, 63})
                stream->process(channels, {}, channels, count);
            stream->reset();
            stream->process(channels, {}, channels, 500);
            counting = false;
            CHECK(calls == 0);
        }
}
