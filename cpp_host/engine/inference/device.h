#pragma once

namespace tonecast {

/// What is to play a model.
enum class Device {
    cpu,
    cuda,      // a GPU of NVIDIA's, or nothing
    automatic, // a GPU where there is one that works
};

} // namespace tonecast
