// Passes for ONNX Runtime with a graph that it does not survive: what happens is named by the
// environment variable HOSTILE.

#include <cstdlib>
#include <new>
#include <string_view>

extern "C" __attribute__((visibility("default"))) const void* OrtGetApiBase() {
    const std::string_view what = std::getenv("HOSTILE");
    if (what == "crash")
        std::abort();
    while (what == "memory")
        ::operator new(std::size_t{64} << 20); // never touched: only the address space fills up
    for (volatile bool stop = false; !stop;) {
    }
    return nullptr;
}
