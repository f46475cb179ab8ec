#pragma once

#include "engine/families/wavenet/config.h"

#include <vector>

/// A WaveNet as operations on whole signals, each of which can be gone through backwards. Sizes in
/// time are not part of it: layout.h adds them.
namespace tonecast::training::wavenet {

/// Some rows of a signal, next to each other; none has no rows.
struct Part {
    int signal = -1;
    int first = 0;
    int rows = 0;

    bool exists() const { return rows > 0; }
    Part cut(int from, int count) const { return {signal, first + from, count}; }
};

/// Taps of all inputs for all outputs; `weights` is where they begin in the flat list, as
/// [out, in, tap].
struct Filter {
    int taps = 1;
    int dilation = 1;
    int weights = 0;

    int past_samples() const { return (taps - 1) * dilation; }
};

enum class Kind {
    convolve, // to = bias + filter of from + filter of mixed + plus
    bend,     // to = curve(from); `to` may be `from` where the slope can be told from `to`
    gate,     // to = from · plus, or, blended, that and (1 − plus) · mixed
    modulate, // to = from · plus + mixed, or without the last
    add,      // to += from
    scale,    // to = weight · from
};

struct Operation {
    Kind kind{};
    int pass = 0; // operations of a pass are done tile by tile, together
    Part to;
    Part from;
    Part mixed;
    Part plus;
    Filter filter{};
    Filter mixing{};
    int weight = -1;    // where in the flat list the first bias is, or the scale; -1: none
    bool begins = true; // for `add` and `convolve`: nothing stands in `to` yet
    bool blended = false;
    tonecast::wavenet::Activation activation{};
};

struct Tape {
    std::vector<int> rows; // of each signal; the first one is the input
    std::vector<Operation> operations;
    Part output;
    int parameters = 0;
};

/// The operations of a network whose flat list of weights is that of `models/families/wavenet`.
Tape record(const tonecast::wavenet::WaveNet& network);

} // namespace tonecast::training::wavenet
