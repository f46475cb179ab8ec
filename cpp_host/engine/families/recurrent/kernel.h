#pragma once

#include <cstddef>

namespace tonecast::recurrent {

/// As Kind and Curve in config.h.
enum class Step { lstm, gru, dense };
enum class Shape { none, tanh, relu, sigmoid, elu };

/// The most samples that a kernel is given at once.
inline constexpr int chunk_samples = 64;

/// Of cells that are computed together, a tile, see pack.h: of two, the sums of an LSTM's gates are
/// enough for its multipliers.
inline constexpr int most_vectors = 2;

/// A layer whose weights are arranged for an instruction set: see pack.h.
struct LayerPlan {
    Step step;
    Shape shape;         // dense
    int ins;             // of a row that comes in, the first so many values count
    int outs;            // of a row that goes out, likewise
    int vectors;         // of a row that goes out, whole
    std::size_t weights; // where they begin
    std::size_t state;   // of a channel, where it begins: hidden, then cell, `copies` of each
};

/// Rows of a chunk, one for each sample, of each channel.
struct Rows {
    float* first;
    std::ptrdiff_t row_floats;
    std::ptrdiff_t channel_floats;
};

/// One instruction set's code. Only plain types cross this line, and the compiled side uses nothing
/// of the C++ library: the linker keeps one copy of an inline function, and that copy might need
/// instructions that this machine does not have. Memory is aligned to 64 bytes.
struct Kernel {
    const char* name;
    int lanes;

    /// A layer's chunk of at most chunk_samples. A sample finds the state that the one `copies`
    /// before it has left; the first one that of copy `phase`. Neither allocates nor locks.
    void (*run)(const LayerPlan& layer, const float* weights, Rows in, Rows out, float* state,
                std::ptrdiff_t channel_state_floats, int channels, int copies, int phase,
                int samples);
};

} // namespace tonecast::recurrent
