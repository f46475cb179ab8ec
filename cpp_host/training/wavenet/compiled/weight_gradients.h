#pragma once

#include "training/wavenet/compiled/tiles.h"

/// Gradients of weights: products of what a convolution heard and the gradient of what it said,
/// summed over time. Lanes hold time, so each weight has a vector of sums.
namespace tonecast::training::wavenet::TONECAST_SET {

inline constexpr int most_outs = 4;
inline constexpr int most_ins = registers == 32 ? 4 : 2;

template <int ins, int outs>
void add_products(const Step& step, const Source& source, const Signals& signals, int tap, int in,
                  int out, const Span& span, float* sums) {
    const int past = (source.taps - 1 - tap) * source.dilation;
    const float* const heard = signals.value(source.from, in) - past;
    const float* const gradient = signals.gradient(step.to, out);
    const ptrdiff_t row = signals.view->row_floats;
    float* const own =
        sums + (source.weights + (tap * source.from.count + in) * step.to.count + out) * lanes;
    Vec sum[ins][outs];
    TONECAST_UNROLL
    for (int i = 0; i < ins; ++i)
        TONECAST_UNROLL
    for (int o = 0; o < outs; ++o)
        sum[i][o] = load(own + (i * step.to.count + o) * lanes);
    for (int t = span.first; t < span.last; t += lanes) {
        Vec g[outs];
        TONECAST_UNROLL
        for (int o = 0; o < outs; ++o)
            g[o] = load(gradient + o * row + t);
        TONECAST_UNROLL
        for (int i = 0; i < ins; ++i) {
            const Vec x = load_unaligned(heard + i * row + t);
            TONECAST_UNROLL
            for (int o = 0; o < outs; ++o)
                sum[i][o] = multiply_add(x, g[o], sum[i][o]);
        }
    }
    TONECAST_UNROLL
    for (int i = 0; i < ins; ++i)
        TONECAST_UNROLL
    for (int o = 0; o < outs; ++o)
        store(own + (i * step.to.count + o) * lanes, sum[i][o]);
}

template <int ins>
TONECAST_INLINE void add_products_of_ins(const Step& step, const Source& source,
                                         const Signals& signals, int tap, int in, const Span& span,
                                         float* sums) {
    int out = 0;
    for (; out + most_outs <= step.to.count; out += most_outs)
        add_products<ins, most_outs>(step, source, signals, tap, in, out, span, sums);
    for (; out < step.to.count; ++out)
        add_products<ins, 1>(step, source, signals, tap, in, out, span, sums);
}

inline void add_weight_gradients(const Step& step, const Signals& signals, const Span& span,
                                 float* sums) {
    for (int s = 0; s < step.source_count; ++s) {
        const Source& source = step.sources[s];
        for (int tap = 0; tap < source.taps; ++tap) {
            int in = 0;
            for (; in + most_ins <= source.from.count; in += most_ins)
                add_products_of_ins<most_ins>(step, source, signals, tap, in, span, sums);
            for (; in < source.from.count; ++in)
                add_products_of_ins<1>(step, source, signals, tap, in, span, sums);
        }
    }
    if (step.weight < 0)
        return;
    for (int out = 0; out < step.to.count; ++out) {
        const float* const gradient = signals.gradient(step.to, out);
        float* const own = sums + (step.weight + out) * lanes;
        Vec sum = load(own);
        for (int t = span.first; t < span.last; t += lanes)
            sum += load(gradient + t);
        store(own, sum);
    }
}

} // namespace tonecast::training::wavenet::TONECAST_SET
