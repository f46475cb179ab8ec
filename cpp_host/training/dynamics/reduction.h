#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace tonecast::training::dynamics {

/// The numbers that a reduction follows the level by, in double precision: `shared` of them, and
/// `own` for each path, as of models/families/dynamics/dynamics.py.
struct Parameters {
    static constexpr std::size_t shared = 5; // lowpass, amount, detector, threshold_db, knee_db
    static constexpr std::size_t own = 4;    // hold, attack, release, depth

    std::span<const double> values; // shared, then path by path
    bool reduces_above = true;

    std::size_t paths() const { return (values.size() - shared) / own; }
};

/// The reduction of a stream, sample by sample, and how it depends on each parameter: derivatives
/// are carried along in time beside the values that they are of (Williams and Zipser, 1989, whose
/// cost is that of the few parameters here). Where a maximum or an attack ends, those of the side
/// that the sample is on.
class Reduction {
public:
    explicit Reduction(const Parameters& parameters);

    /// Goes on by a sample; returns the reduction in dB.
    double next(double x);

    /// Derivatives of what next() gave, in the order of the parameters.
    void derivatives(std::span<double> by) const;

private:
    // A path's own parameters, behind those of the curve that it shares.
    static constexpr std::size_t by_hold = Parameters::shared;
    static constexpr std::size_t by_attack = by_hold + 1;
    static constexpr std::size_t by_release = by_hold + 2;

    struct Path {
        double hold;
        double attack;
        double release;
        double depth;
        double held;
        double smoothed;
        std::array<double, by_hold + 1> of_held{};
        std::array<double, by_release + 1> of_smoothed{};
    };

    /// The reduction wanted for a power, and its derivatives.
    void curve(double power);
    void follow(Path& path) const;

    double lowpass_;
    double amount_;
    double detector_;
    double threshold_db_;
    double knee_db_;
    double sign_;

    double low_ = 0.0;
    double low_by_lowpass_ = 0.0;
    double power_ = 0.0;
    std::array<double, 3> of_power_{}; // by lowpass, amount, detector
    double wanted_ = 0.0;
    std::array<double, Parameters::shared> of_wanted_{};
    std::vector<Path> paths_;
};

} // namespace tonecast::training::dynamics
