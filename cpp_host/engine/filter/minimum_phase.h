#pragma once

#include "engine/convolution/real_transform.h"
#include "engine/filter/kernel.h"

#include <span>
#include <vector>

namespace tonecast {

/// Makes a FIR filter of a gain per bin that answers as early as any filter of that gain can: with
/// minimum phase, which is the Hilbert transform of the logarithm of the gain, computed by folding
/// the real cepstrum (Oppenheim and Schafer, "Discrete-Time Signal Processing", 3rd ed., 13.5). The
/// last half of its taps fades out by half a cosine.
class MinimumPhase {
public:
    /// Control thread. `transform_size` is a power of two, at least 8 and at least `taps`.
    MinimumPhase(int transform_size, int taps);

    int bins() const noexcept { return transform_.size() / 2 + 1; }
    int taps() const noexcept { return static_cast<int>(fade_.size()); }

    /// Any one thread; does not allocate. gain_db [bins] → fir [taps].
    void design(std::span<const float> gain_db, std::span<float> fir) noexcept;

private:
    const filter::Kernel* kernel_;
    RealTransform transform_;
    std::vector<float> fade_;
    std::vector<float> samples_; // the cepstrum, then the filter
    std::vector<float> re_;
    std::vector<float> im_;
};

} // namespace tonecast
