#pragma once

#include "engine/families/recurrent/kernel.h"

#include <cstddef>

namespace tonecast::training::recurrent {

using tonecast::recurrent::Shape;
using tonecast::recurrent::Step;

/// Segments go through a network so many samples at a time: what a layer keeps of them for the way
/// back stays in the second cache.
inline constexpr int chunk_samples = 32;

/// A vector of segments for each row of a signal and each sample of a chunk: those of sample 0
/// begin at `first`, and those of the next one `step` floats behind.
struct Rows {
    std::ptrdiff_t first = -1; // none: nobody asks for it
    std::ptrdiff_t step = 0;
};

/// A layer's signals are in the tape, or among the gradients; see layout.h and packing.h.
///
/// What cells are made of stands in four blocks of `outs` rows: gates i, f, g, o of an lstm, and n,
/// r, z of a gru, behind which stands what its hidden state gives to n. Those that hear the input
/// are the first ones, those that hear the hidden state the last ones. A dense layer has one block.
struct LayerPlan {
    Step step = Step::dense;
    Shape shape = Shape::none; // dense
    int ins = 1;
    int outs = 1;
    int rows = 1;         // in all blocks
    int hearing_rows = 1; // that hear the input
    int hidden_rows = 0;  // that hear the hidden state
    Rows in;
    Rows made; // the blocks; going back, gradients of their sums take their place
    Rows cell; // lstm, as `out`
    Rows bent; // lstm: tanh of it
    Rows out;  // before sample 0 stands the state that it finds
    Rows in_gradient;
    Rows out_gradient;
    std::ptrdiff_t carried = 0; // gradients of what is handed on: of the hidden state, the cell
    std::ptrdiff_t weights = 0; // where they begin in both packed lists, and among their sums

    // Packed row by row: [hearing_rows, ins], [hidden_rows, outs], [rows].
    std::ptrdiff_t of_hidden() const { return weights + std::ptrdiff_t{hearing_rows} * ins; }
    std::ptrdiff_t biases() const { return of_hidden() + std::ptrdiff_t{hidden_rows} * outs; }
};

struct View {
    const LayerPlan* layers = nullptr;
    int layer_count = 0;
};

/// One instruction set's code. Only plain types cross this line, and the compiled side uses nothing
/// of the C++ library: see engine/families/recurrent/kernel.h. Memory is aligned to 64 bytes.
struct Kernel {
    const char* name;
    int lanes;     // segments of a group
    int tile_rows; // the most whose sums are kept in registers, see packing.h

    /// Fills a tape whose input and states are there, for at most chunk_samples.
    void (*forward)(const View& view, const float* weights, float* tape, int samples);

    /// From the gradient of the last layer's output, and of the states that were handed on, to
    /// those of the states found, and of the weights: a vector of sums for each, which grow. Uses
    /// up the tape.
    void (*backward)(const View& view, const float* weights, float* tape, float* gradients,
                     float* sums, int samples);
};

} // namespace tonecast::training::recurrent
