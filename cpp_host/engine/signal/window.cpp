#include "engine/signal/window.h"

#include "engine/error.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

namespace tonecast {

std::vector<float> make_window(Window shape, int size) {
    std::vector<float> window(static_cast<std::size_t>(size), 1.0F);
    if (shape == Window::none)
        return window;
    for (int n = 0; n < size; ++n) {
        const double hann = 0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * n / size);
        window[static_cast<std::size_t>(n)] =
            static_cast<float>(shape == Window::hann ? hann : std::sqrt(hann));
    }
    return window;
}

float overlap_add_gain(Window analysis, Window synthesis, int frame_size, int hop_size) {
    const auto a = make_window(analysis, frame_size);
    const auto s = make_window(synthesis, frame_size);
    double lowest = INFINITY;
    double highest = 0.0;
    for (int start = 0; start < hop_size; ++start) {
        double sum = 0.0;
        for (int n = start; n < frame_size; n += hop_size) {
            const auto i = static_cast<std::size_t>(n);
            sum += static_cast<double>(a[i]) * static_cast<double>(s[i]);
        }
        lowest = std::min(lowest, sum);
        highest = std::max(highest, sum);
    }
    if (!(lowest > 0.0) || highest - lowest > 1e-5 * highest)
        throw Error("windows of " + std::to_string(frame_size) + " samples do not add up to a " +
                    "constant at a hop of " + std::to_string(hop_size) + "; choose another hop");
    return static_cast<float>(2.0 / (lowest + highest));
}

} // namespace tonecast
