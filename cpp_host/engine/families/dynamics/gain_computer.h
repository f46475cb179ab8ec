#pragma once

#include "engine/families/dynamics/weights.h"

#include <span>
#include <vector>

namespace tonecast::dynamics {

/// The most samples that are computed at once.
inline constexpr int chunk_samples = 64;

/// From sound to the gain that it is played with.
///
///     x ─ side-chain filter ─ square ─ detector ─ dB ─ curve ─ paths ─ gain
///
/// Recursions are in double precision: in floats a smoother of a second would settle a thousandth
/// beside its input. Stage after stage over a chunk, since within a sample all wait for each other.
class GainComputer {
public:
    explicit GainComputer(const Weights& weights);

    /// Of one channel at the rate of the weights.
    std::size_t state_size() const noexcept { return 2 + 2 * paths_.size(); }

    /// The state that silence leaves.
    void reset(std::span<double> state) const noexcept;

    /// Gains of `in`, at most chunk_samples. `states` holds one state for each of `copies` streams,
    /// whose samples take turns; the first one is of stream `phase`.
    void run(std::span<const float> in, std::span<float> gains, double* states, int copies,
             int phase) const noexcept;

private:
    struct Coefficients {
        double hold;
        double attack;
        double release;
        double depth;
    };

    float beyond(double power) const noexcept;

    double lowpass_;
    double amount_;
    double detector_;
    float threshold_db_;
    float knee_db_;
    float sign_;
    std::vector<Coefficients> paths_;
};

} // namespace tonecast::dynamics
