#pragma once

#include "engine/families/wavenet/config/curve.h"

#include <cstddef>

namespace tonecast::training::wavenet {

using tonecast::wavenet::Curve;

/// Signals begin and end at multiples of so many samples: two vectors of the widest set.
inline constexpr int grain_samples = 32;

/// Before and behind each row of gradients stand so many zeros at least: the samples that a tile of
/// a convolution takes.
inline constexpr int guard_samples = 256;

/// Rows of a signal in memory, `row_floats` apart; sample 0 of the first one is at `value` in the
/// tape and at `gradient` among the gradients.
struct Rows {
    std::ptrdiff_t value = 0;
    std::ptrdiff_t gradient = -1; // none: nobody asks for it
    int count = 0;
    int begin = 0;     // the first sample that anybody needs; the last one is that of all signals
    bool adds = false; // going back: whether something stands among the gradients already
};

/// `weights` is where the filter begins in the flat list, and in both packed ones.
struct Source {
    Rows from;
    int taps = 1;
    int dilation = 1;
    std::ptrdiff_t weights = 0;
};

enum class StepKind { convolve, bend, gate, modulate, add, scale };

/// See Operation in tape.h.
struct Step {
    StepKind kind = StepKind::add;
    Rows to;
    Source sources[2];
    int source_count = 0;
    Rows from;
    Rows mixed;
    Rows plus;
    bool passes_on = false; // the gradient of `to` becomes that of `plus` where it stands
    bool begins = true;
    bool blended = false;
    std::ptrdiff_t weight = -1; // a bias for each row of `to`, or the scale
    Curve curve = Curve::tanh;
    const float* slopes = nullptr; // one for each row
    float minimum = -1.0F;
    float maximum = 1.0F;
    float slope_below = 0.01F;
    float slope_above = 0.01F;
};

struct Pass {
    int first = 0; // of the steps
    int last = 0;  // exclusive
    int begin = 0; // the earliest sample of any of them
};

/// All of it, owned by a Layout.
struct View {
    const Step* steps = nullptr;
    const Pass* passes = nullptr;
    int pass_count = 0;
    int end = 0; // of all signals, exclusive
    std::ptrdiff_t row_floats = 0;
};

/// The flat list of weights, and its filters as [tap, in, out] and as [tap, out, in].
struct Weights {
    const float* flat;
    const float* forward;
    const float* backward;
};

/// One instruction set's code. Only plain types cross this line, and the compiled side uses nothing
/// of the C++ library: see engine/families/wavenet/kernel.h.
struct Kernel {
    const char* name;
    int lanes;

    /// Fills a tape whose input is there.
    void (*forward)(const View& view, const Weights& weights, float* tape);

    /// From the output's gradient to those of the weights: `lanes` sums for each of the flat list,
    /// of which those of a filter stand as [tap, in, out]. They are zero before.
    void (*backward)(const View& view, const Weights& weights, const float* tape, float* gradients,
                     float* sums);
};

} // namespace tonecast::training::wavenet
