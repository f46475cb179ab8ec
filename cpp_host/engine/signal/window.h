#pragma once

#include <vector>

namespace tonecast {

enum class Window { none, hann, sqrt_hann };

/// Periodic window of `size` samples: shifted copies of it add up without a discontinuity.
std::vector<float> make_window(Window shape, int size);

/// The constant by which overlapping frames must be scaled to add up to the signal,
/// 1 / Σ_k analysis[n + k·hop] · synthesis[n + k·hop]. Throws Error where that sum depends on n.
float overlap_add_gain(Window analysis, Window synthesis, int frame_size, int hop_size);

} // namespace tonecast
