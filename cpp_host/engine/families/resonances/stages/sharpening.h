#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace tonecast::resonances {

/// What a frame blurs of a narrow resonance, put back into the cut: a kernel over bins, see
/// models/resonance_eq/sharpening.py.
class Sharpening {
public:
    /// Control thread. The number of taps is odd.
    Sharpening(std::span<const float> taps, std::size_t bins);

    // Neither allocates.

    /// Where the cuts [bins] go, in dB.
    std::span<float> cut_db() noexcept;

    /// Cuts that are sharpened [bins], in dB; may be negative beside a peak.
    void sharpen(std::span<float> sharp_db) const noexcept;

private:
    std::size_t reach_;
    std::vector<float> taps_;   // zeros up to a whole group
    std::vector<float> padded_; // the cuts, zeros around them
    std::size_t bins_;
};

} // namespace tonecast::resonances
