#pragma once

#include "engine/families/compiled/curves.h"
#include "engine/families/wavenet/compiled/signals.h"

/// What a plan does sample by sample.
namespace tonecast::wavenet::TONECAST_SET {

/// curve(x, row) for each vector.
template <typename CurveOf>
TONECAST_INLINE void shape_with(const Shaping& s, const Channel& channel, CurveOf curve) {
    const Rows from(channel, s.from);
    const Rows to(channel, s.to);
    const Rows sum(channel, s.sum);
    if (!sum.exist())
        for_each_vector(s.rows, channel,
                        [&](int row, int v) { to.set(row, v, curve(from.get(row, v), row)); });
    else
        for_each_vector(s.rows, channel, [&](int row, int v) {
            const Vec y = curve(from.get(row, v), row);
            to.set(row, v, y);
            sum.set(row, v, s.sum_begins ? y : sum.get(row, v) + y);
        });
}

inline void shape(const Shaping& s, const PlanView& plan, const Channel& channel) {
    const auto with = [&](auto curve) {
        shape_with(s, channel, [&](Vec x, int) { return curve(x); });
    };
    switch (s.curve) {
    case Curve::tanh:
        return with([](Vec x) { return tanh(x); });
    case Curve::sigmoid:
        return with([](Vec x) { return sigmoid(x); });
    case Curve::silu:
        return with([](Vec x) { return silu(x); });
    case Curve::hard_tanh:
        return with([](Vec x) { return hard_tanh(x); });
    case Curve::hard_swish:
        return with([](Vec x) { return hard_swish(x); });
    case Curve::softsign:
        return with([](Vec x) { return softsign(x); });
    case Curve::leaky_hard_tanh:
        return with([&](Vec x) {
            return leaky_hard_tanh(x, s.minimum, s.maximum, s.slope_below, s.slope_above);
        });
    case Curve::relu:
    case Curve::leaky_relu:
    case Curve::prelu:
        const float* const slopes = plan.weights + s.slopes;
        return shape_with(s, channel,
                          [&](Vec x, int row) { return x > 0.0F ? x : slopes[row] * x; });
    }
}

inline void modulate(const Modulation& m, const Channel& channel) {
    const Rows from(channel, m.from);
    const Rows factors(channel, m.factors);
    const Rows shifts(channel, m.shifts);
    const Rows added(channel, m.added);
    const Rows to(channel, m.to);
    for_each_vector(m.rows, channel, [&](int row, int v) {
        Vec y = from.get(row, v);
        if (factors.exist())
            y = y * factors.get(row, v);
        if (shifts.exist())
            y += shifts.get(row, v);
        if (added.exist())
            y += added.get(row, v);
        to.set(row, v, y);
    });
}

inline void gate(const Gate& g, const Channel& channel) {
    const Rows from(channel, g.from);
    const Rows shaped(channel, g.shaped);
    const Rows gates(channel, g.gate);
    const Rows to(channel, g.to);
    for_each_vector(g.rows, channel, [&](int row, int v) {
        const Vec share = gates.get(row, v);
        Vec y = share * shaped.get(row, v);
        if (g.blended)
            y += (1.0F - share) * from.get(row, v);
        to.set(row, v, y);
    });
}

} // namespace tonecast::wavenet::TONECAST_SET
