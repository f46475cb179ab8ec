#pragma once

#include <string>

namespace tonecast {

/// What plays a model, as users call it.
struct PlayedBy {
    std::string backend = "unnamed"; // "onnxruntime", "kernel-fast", …
    std::string device = "cpu";      // or "cuda"
    std::string fallback_reason{};   // why the CPU plays what a GPU was to play; empty unless so
};

} // namespace tonecast
