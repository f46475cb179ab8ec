#include "tests/families/dynamics/reference.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace random_dynamics {

using tonecast::dynamics::Path;
using tonecast::dynamics::Weights;

namespace {

float uniform(std::mt19937& random, float low, float high) {
    return low + (high - low) * static_cast<float>(random()) / 4294967296.0F;
}

/// Fast ones and slow ones alike, of which 1 − coefficient is a float.
float coefficient(std::mt19937& random) {
    return 1.0F - (1.0F - std::pow(10.0F, uniform(random, -4.0F, 0.0F)));
}

double beyond(const Weights& weights, double power) {
    const double level_db = 10.0 * std::log10(power + 1e-10);
    const double over = (weights.reduces_above ? 1.0 : -1.0) *
                        (level_db - double{weights.threshold_db}) / double{weights.knee_db};
    return double{weights.knee_db} * std::log1p(std::exp(over));
}

} // namespace

Weights make(std::mt19937& random, int taps, int paths, bool reduces_above) {
    Weights made;
    for (int i = 0; i < taps; ++i)
        made.taps.push_back(uniform(random, -1.0F, 1.0F));
    made.sidechain_lowpass = coefficient(random);
    made.sidechain_amount = uniform(random, -0.5F, 1.0F);
    made.detector = coefficient(random);
    made.threshold_db = uniform(random, -50.0F, -10.0F);
    made.knee_db = uniform(random, 0.5F, 8.0F);
    for (int i = 0; i < paths; ++i)
        made.paths.push_back({coefficient(random), coefficient(random), coefficient(random),
                              uniform(random, -0.1F, 0.8F) / static_cast<float>(paths)});
    made.reduces_above = reduces_above;
    return made;
}

std::vector<double> play(const Weights& weights, const std::vector<float>& in) {
    double low = 0.0;
    double power = 0.0;
    std::vector<double> held(weights.paths.size(), beyond(weights, 0.0));
    std::vector<double> smoothed = held;
    std::vector<double> out;
    for (std::size_t n = 0; n < in.size(); ++n) {
        const double x = in[n];
        low += double{weights.sidechain_lowpass} * (x - low);
        const double heard = x - double{weights.sidechain_amount} * low;
        power += double{weights.detector} * (heard * heard - power);
        const double wanted = beyond(weights, power);
        double reduction_db = 0.0;
        for (std::size_t i = 0; i < held.size(); ++i) {
            const Path& path = weights.paths[i];
            held[i] = std::max(wanted, held[i] + double{path.hold} * (wanted - held[i]));
            const double step = held[i] > smoothed[i] ? path.attack : path.release;
            smoothed[i] += step * (held[i] - smoothed[i]);
            reduction_db += double{path.depth} * smoothed[i];
        }
        double filtered = 0.0;
        const std::size_t taps = weights.taps.size();
        for (std::size_t j = 0; j < std::min(taps, n + 1); ++j)
            filtered += double{weights.taps[taps - 1 - j]} * double{in[n - j]};
        out.push_back(filtered * std::pow(10.0, -reduction_db / 20.0));
    }
    return out;
}

} // namespace random_dynamics
