#pragma once

#include "engine/families/wavenet/config/curve.h"

/// What a network does with a chunk of samples, as a list of steps. Plain types only: this is what
/// the code that is compiled once per instruction set sees (kernel.h).
///
/// A signal has the rows of a layer, each with the samples of the chunk. The memory of one of a
/// stream's channels holds all signals; weights are shared.
namespace tonecast::wavenet {

/// The most samples that go through all steps at once. Few enough that a layer's signals stay in
/// the first cache, enough to fill vectors; the last vector of a chunk is computed in full.
inline constexpr int chunk_samples = 64;

/// Where a signal is in a channel's memory, in floats.
struct Signal {
    int offset = -1; // -1: there is none
    int stride = 0;  // from row to row
    int ring = -1;   // the ring whose newest samples these are; -1: only the chunk is kept

    constexpr bool exists() const { return offset >= 0; }
    constexpr Signal from_row(int row) const { return {offset + row * stride, stride, ring}; }
    friend constexpr bool operator==(const Signal&, const Signal&) = default;
};

/// A signal with its past. A row is `length` samples that are written round and round, and then a
/// mirror: a copy of the first chunk_samples of them, so that a chunk is read in one piece wherever
/// it begins.
struct Ring {
    Signal signal;
    int rows;
    int length; // the past that is needed and a chunk, at least
};

/// Some of a convolution's rows, as many as registers hold sums, and the inputs that they hear.
struct Tile {
    int out, outs;
    int in, ins;
    int mix, mixes;
    int weights; // bias [outs], mixed [mixes, outs], convolved [taps, ins, outs]
};

/// to = bend(bias + 1×1 of `mixed` + dilated convolution of `from` + added); sum += to. Or, if
/// there is a `passed`: passed = 1×1 of `to` + passed_added, by the tile after the only one, and
/// nobody else hears `to`, which is not written.
struct Convolution {
    Signal from;
    Signal mixed; // may be none
    Signal added; // may be none, or `to`
    Signal to;
    Signal sum; // may be none
    bool sum_begins = false;
    Signal passed; // may be none
    Signal passed_added;
    int slopes = -1; // where in the weights those below zero are, row for row; -1: no bend
    int taps = 1;
    int dilation = 1;
    int first_tile = 0;
    int tiles = 0;
};

/// to = curve(from); sum += to
struct Shaping {
    Signal from;
    Signal to; // may be `from`
    Signal sum;
    bool sum_begins = false;
    int rows;
    Curve curve;
    int slopes; // of relu, leaky_relu, prelu: where in the weights, row for row
    float minimum, maximum, slope_below, slope_above;
};

/// to = from · factors + shifts + added, without those that there are not.
struct Modulation {
    Signal from;
    Signal factors;
    Signal shifts;
    Signal added; // may be `to`
    Signal to;    // may be `from`
    int rows;
};

/// to = shaped · gate, or, blended, that and (1 − gate) · from.
struct Gate {
    Signal from;
    Signal shaped;
    Signal gate;
    Signal to; // may be any of them
    bool blended;
    int rows;
};

enum class StepKind { convolve, shape, modulate, gate, count };

struct Step {
    StepKind kind;
    int index; // among the steps of its kind
};

/// All of it, owned by a Plan.
struct PlanView {
    const Step* steps;
    const Convolution* convolutions;
    const Shaping* shapings;
    const Modulation* modulations;
    const Gate* gates;
    const Tile* tiles;
    const Ring* rings;
    const float* weights;
};

} // namespace tonecast::wavenet
