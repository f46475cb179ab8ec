#pragma once

#include "engine/families/autoencoder/sizes.h"

#include <cstddef>
#include <cstdint>

/// What the rest of the engine sees of the code that is compiled once per instruction set.
///
/// Only plain types cross this line, and the compiled side uses nothing of the C++ library: the
/// linker keeps one copy of an inline function, and that copy might need instructions that this
/// machine does not have.
namespace tonecast::kernels {

/// A model's weights as the graph holds them, row after row. `dense` and `curve` are null in a CAE.
struct Weights {
    const float* filters;        // [filters, filter_taps]
    const float* filter_bias;    // [filters]
    const float* smoothing;      // [filters, smoothing_taps]
    const float* smoothing_bias; // [filters]
    const float* local;          // [filters, latent in, latent out]
    const float* local_bias;     // [filters, latent]
    const float* shared;         // [latent in, latent out]
    const float* shared_bias;    // [latent]
    const float* dense[4];       // [out, in]; 128 → 128 → 64 → 64 → 128
    const float* dense_bias[4];  // [out]
    const float* curve[3];       // [filters, curve_pieces]: of c0 + c1·x + c2·x²
};

enum class Stage {
    prepare_frame, // padding; the frame's spectrum
    analyse,       // X1; with FFTs also the first pass of the next spectrum
    smooth,        // envelopes
    edges,         // undo what circular convolution wraps around
    pool_rows,
    softplus,
    local_dense,
    shared_dense,
    synthesise,
    // CAFx
    first_dense,
    other_dense,
    activate,
    transpose,
    shape,
    synthesise_dense,
    count,
};

inline constexpr const char* stage_names[] = {
    "prepare frame", "analyse",     "smooth",       "edges",      "pool",
    "softplus",      "local dense", "shared dense", "synthesise", "first dense",
    "other dense",   "activate",    "transpose",    "shape",      "dense synthesis"};
static_assert(sizeof stage_names / sizeof *stage_names == static_cast<int>(Stage::count));

/// Where the time goes, for benchmarks.
struct StageTimes {
    std::int64_t (*now_ns)();
    std::int64_t ns[static_cast<int>(Stage::count)];
};

/// How convolutions are computed.
enum class Route {
    direct, // sum by sum, as ONNX Runtime does: the same up to rounding
    fft,    // less work; rounding is relative to the frame's peak, not to each sample
};

/// One instruction set's code. Memory is the caller's, aligned to `alignment`.
struct FrameKernel {
    static constexpr std::size_t alignment = 64;

    const char* name;
    std::size_t packed_bytes;      // constants, shared by all streams
    std::size_t scratch_bytes;     // of one stream, zeroed
    std::size_t per_channel_bytes; // of each of its channels, zeroed

    /// Arranges weights for this instruction set; once per model.
    void (*pack)(const Weights& weights, void* packed);

    /// Plays a frame, channel after channel [channels, frame_samples]. `times` may be null.
    void (*run)(const void* packed, void* scratch, void* per_channel, int channels, Route route,
                const float* frame, float* frame_out, StageTimes* times);

    // For benchmarks: what the machine can do at its best.
    int flops_a_round;
    float (*multiply_and_add)(long rounds);
    float (*read_through)(const float* data, std::size_t floats); // aligned, a multiple of 128
};

} // namespace tonecast::kernels
