// Passes for ONNX Runtime with a graph that it does not survive: what happens is named by the
// environment variable HOSTILE.

#include <cstdlib>
#include <memory>
#include <string_view>
#include <vector>

extern "C" __attribute__((visibility("default"))) const void* OrtGetApiBase() {
    const std::string_view what = std::getenv("HOSTILE");
    if (what == "crash")
        std::abort();
    std::vector<std::unique_ptr<char[]>> memory;
    while (what == "memory") // never touched: only the address space fills up
        memory.emplace_back(new char[std::size_t{64} << 20]);
    for (volatile bool stop = false; !stop;) {
    }
    return nullptr;
}
