#pragma once

#include "engine/families/compiled/curves.h"
#include "training/wavenet/compiled/tiles.h"

/// Activations and their slopes.
namespace tonecast::training::wavenet::TONECAST_SET {

/// with(curve, slope): curve(x, row), and slope(x, y, row) at x, where y is what the curve makes of
/// it. Slopes that are told by y alone do not look at x, which may be y.
template <typename With>
TONECAST_INLINE void choose_curve(const Step& s, With with) {
    switch (s.curve) {
    case Curve::tanh:
        return with([](Vec x, int) { return kernels::TONECAST_SET::tanh(x); },
                    [](Vec, Vec y, int) { return 1.0F - y * y; });
    case Curve::sigmoid:
        return with([](Vec x, int) { return sigmoid(x); },
                    [](Vec, Vec y, int) { return y * (1.0F - y); });
    case Curve::silu:
        return with([](Vec x, int) { return silu(x); },
                    [](Vec x, Vec y, int) {
                        const Vec share = sigmoid(x);
                        return share + y * (1.0F - share);
                    });
    case Curve::hard_tanh:
        return with([](Vec x, int) { return hard_tanh(x); },
                    [](Vec, Vec y, int) {
                        return kernels::TONECAST_SET::abs(y) < 1.0F ? all(1.0F) : Vec{};
                    });
    case Curve::hard_swish:
        return with([](Vec x, int) { return hard_swish(x); },
                    [](Vec x, Vec, int) {
                        const Vec middle = (2.0F * x + 3.0F) / 6.0F;
                        return x < -3.0F ? Vec{} : x > 3.0F ? all(1.0F) : middle;
                    });
    case Curve::softsign:
        return with([](Vec x, int) { return softsign(x); },
                    [](Vec x, Vec, int) {
                        const Vec below = 1.0F + kernels::TONECAST_SET::abs(x);
                        return 1.0F / (below * below);
                    });
    case Curve::leaky_hard_tanh:
        return with(
            [&s](Vec x, int) {
                return leaky_hard_tanh(x, s.minimum, s.maximum, s.slope_below, s.slope_above);
            },
            [&s](Vec x, Vec, int) {
                return x < s.minimum   ? all(s.slope_below)
                       : x > s.maximum ? all(s.slope_above)
                                       : all(1.0F);
            });
    case Curve::relu:
    case Curve::leaky_relu:
        return with(
            [&s](Vec x, int row) { return x > 0.0F ? x : s.slopes[row] * x; },
            [&s](Vec, Vec y, int row) { return y > 0.0F ? all(1.0F) : all(s.slopes[row]); });
    case Curve::prelu:
        return with(
            [&s](Vec x, int row) { return x > 0.0F ? x : s.slopes[row] * x; },
            [&s](Vec x, Vec, int row) { return x > 0.0F ? all(1.0F) : all(s.slopes[row]); });
    }
}

inline void bend(const Step& step, const Signals& signals, const Span& tile) {
    const Span span = from(step.to.begin, tile);
    choose_curve(step, [&](auto curve, auto) {
        for (int row = 0; row < step.to.count; ++row) {
            const float* const x = signals.value(step.from, row);
            float* const y = signals.value(step.to, row);
            for (int t = span.first; t < span.last; t += lanes)
                store(y + t, curve(load(x + t), row));
        }
    });
}

inline void bend_back(const Step& step, const Signals& signals, const Span& tile) {
    const Span span = from(step.to.begin, tile);
    choose_curve(step, [&](auto, auto slope) {
        for (int row = 0; row < step.to.count; ++row) {
            const float* const x = signals.value(step.from, row);
            const float* const y = signals.value(step.to, row);
            const float* const gradient = signals.gradient(step.to, row);
            float* const own = signals.gradient(step.from, row);
            for (int t = span.first; t < span.last; t += lanes)
                give(own + t, step.from.adds,
                     load(gradient + t) * slope(load(x + t), load(y + t), row));
        }
    });
}

} // namespace tonecast::training::wavenet::TONECAST_SET
