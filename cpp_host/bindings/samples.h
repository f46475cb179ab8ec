#pragma once

#include "engine/engine.h"

#include <array>
#include <pybind11/numpy.h>
#include <string>

namespace tonecast {

/// float32 and C-contiguous; anything else is refused rather than copied.
using Samples = pybind11::array_t<float, pybind11::array::c_style>;

inline void check_samples(const Samples& samples, pybind11::ssize_t channels, const char* name) {
    if (samples.ndim() != 2 || samples.shape(0) != channels)
        throw pybind11::value_error(std::string(name) + " must have the shape [" +
                                    std::to_string(channels) + ", n]");
}

/// One pointer a channel, as the engine takes them.
template <typename Sample>
std::array<Sample*, Engine::max_channels> channel_pointers(Sample* data, pybind11::ssize_t channels,
                                                           pybind11::ssize_t samples) {
    std::array<Sample*, Engine::max_channels> pointers{};
    for (pybind11::ssize_t c = 0; c < channels; ++c)
        pointers[static_cast<std::size_t>(c)] = data + c * samples;
    return pointers;
}

} // namespace tonecast
