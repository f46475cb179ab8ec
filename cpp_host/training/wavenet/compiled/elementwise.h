#pragma once

#include "training/wavenet/compiled/tiles.h"

/// What is done sample by sample, there and back.
namespace tonecast::training::wavenet::TONECAST_SET {

template <typename Do>
TONECAST_INLINE void for_each_vector(const Step& step, const Span& tile, Do apply) {
    const Span span = from(step.to.begin, tile);
    for (int row = 0; row < step.to.count; ++row)
        for (int t = span.first; t < span.last; t += lanes)
            apply(row, t);
}

inline void add(const Step& step, const Signals& s, const Span& tile) {
    for_each_vector(step, tile, [&](int row, int t) {
        const Vec x = load(s.value(step.from, row) + t);
        float* const y = s.value(step.to, row) + t;
        store(y, step.begins ? x : load(y) + x);
    });
}

inline void add_back(const Step& step, const Signals& s, const Span& tile) {
    if (step.from.gradient < 0)
        return;
    for_each_vector(step, tile, [&](int row, int t) {
        give(s.gradient(step.from, row) + t, step.from.adds, load(s.gradient(step.to, row) + t));
    });
}

inline void scale(const Step& step, const Weights& weights, const Signals& s, const Span& tile) {
    const Vec by = all(weights.flat[step.weight]);
    for_each_vector(step, tile, [&](int row, int t) {
        store(s.value(step.to, row) + t, by * load(s.value(step.from, row) + t));
    });
}

inline void scale_back(const Step& step, const Weights& weights, const Signals& s, const Span& tile,
                       float* sums) {
    const Vec by = all(weights.flat[step.weight]);
    Vec sum = load(sums + step.weight * lanes);
    for_each_vector(step, tile, [&](int row, int t) {
        const Vec g = load(s.gradient(step.to, row) + t);
        sum += g * load(s.value(step.from, row) + t);
        give(s.gradient(step.from, row) + t, step.from.adds, by * g);
    });
    store(sums + step.weight * lanes, sum);
}

inline void modulate(const Step& step, const Signals& s, const Span& tile) {
    for_each_vector(step, tile, [&](int row, int t) {
        Vec y = load(s.value(step.from, row) + t) * load(s.value(step.plus, row) + t);
        if (step.mixed.count > 0)
            y += load(s.value(step.mixed, row) + t);
        store(s.value(step.to, row) + t, y);
    });
}

inline void modulate_back(const Step& step, const Signals& s, const Span& tile) {
    for_each_vector(step, tile, [&](int row, int t) {
        const Vec g = load(s.gradient(step.to, row) + t);
        give(s.gradient(step.plus, row) + t, step.plus.adds, g * load(s.value(step.from, row) + t));
        if (step.from.gradient >= 0)
            give(s.gradient(step.from, row) + t, step.from.adds,
                 g * load(s.value(step.plus, row) + t));
        if (step.mixed.count > 0)
            give(s.gradient(step.mixed, row) + t, step.mixed.adds, g);
    });
}

inline void gate(const Step& step, const Signals& s, const Span& tile) {
    for_each_vector(step, tile, [&](int row, int t) {
        const Vec share = load(s.value(step.plus, row) + t);
        Vec y = share * load(s.value(step.from, row) + t);
        if (step.blended)
            y += (1.0F - share) * load(s.value(step.mixed, row) + t);
        store(s.value(step.to, row) + t, y);
    });
}

inline void gate_back(const Step& step, const Signals& s, const Span& tile) {
    for_each_vector(step, tile, [&](int row, int t) {
        const Vec g = load(s.gradient(step.to, row) + t);
        const Vec share = load(s.value(step.plus, row) + t);
        Vec of_share = g * load(s.value(step.from, row) + t);
        give(s.gradient(step.from, row) + t, step.from.adds, g * share);
        if (step.blended) {
            of_share -= g * load(s.value(step.mixed, row) + t);
            give(s.gradient(step.mixed, row) + t, step.mixed.adds, g * (1.0F - share));
        }
        give(s.gradient(step.plus, row) + t, step.plus.adds, of_share);
    });
}

} // namespace tonecast::training::wavenet::TONECAST_SET
