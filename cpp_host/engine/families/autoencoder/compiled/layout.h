#pragma once

#include "engine/families/autoencoder/compiled/piecewise_polynomial.h"
#include "engine/families/autoencoder/compiled/softplus.h"
#include "engine/families/autoencoder/sizes.h"
#include "engine/kernels/compiled/vec.h"

/// How constants and scratch lie in memory. A model's filters (rows) stand side by side in the
/// lanes of a vector; `lanes` of them make a group, which goes through all stages before the next
/// one begins, so that its samples stay in the cache.
namespace tonecast::kernels::TONECAST_SET {

inline constexpr int groups = filters / lanes;

// Spectra: a real signal of 1024 samples is a complex one of 512, even samples real and odd ones
// imaginary; in memory that is the plain order of samples. Every 64 complex values there is a gap,
// without which the strides of the FFT would all fall on the same few cache lines.
inline constexpr int complex_points = frame_samples / 2;
inline constexpr int half_bins = complex_points / 2 + 1;
inline constexpr int complex_floats = 2 * lanes;
inline constexpr int block_points = 64;
inline constexpr int block_floats = (block_points + 2) * complex_floats;
inline constexpr int rows_floats = complex_points / block_points * block_floats;

/// Where sample t of a group's rows stands.
TONECAST_INLINE constexpr int at(int t) {
    return t * lanes + t / (2 * block_points) * (block_floats - block_points * complex_floats);
}

// Outputs of a dense layer that are summed up at once.
inline constexpr int dense_block = registers == 16 && lanes == 8 ? 8 : 16;

// 64 samples with room for a vector of zeros on both sides.
inline constexpr int padded_block = lanes + block_points + lanes;

// What the samples that a kernel falls on may miss at both ends of the frame.
inline constexpr int margin = 32;

struct alignas(64) CaePacked {
    float filter_weights[groups][filter_taps][lanes];
    float filter_bias[groups][lanes];
    float smoothing_weights[groups][smoothing_taps][lanes];
    float smoothing_bias[groups][lanes];
    // Of even and of odd taps, real and imaginary, in the order in which bins are visited.
    float filter_spectra[groups][half_bins][4][lanes];
    float smoothing_spectra[groups][half_bins][4][lanes];
    float local_weights[groups][latent / dense_block][latent][dense_block][lanes];
    // The same as pairs of outputs, and what a weight of one is in them.
    int local_pairs[groups][latent / dense_block][latent][dense_block / 2][lanes];
    float local_scale[groups][latent][lanes];
    float local_bias[groups][latent][lanes];
    float shared_weights[latent / dense_block][latent][dense_block];
    float shared_bias[latent];
    float widened_filters[filters][pool + filter_taps + pool]; // zeros around
};

struct alignas(64) CafxPacked {
    float first[wide][wide]; // [in, out], like all of them
    float first_bias[wide];
    float second[wide][narrow];
    float second_bias[narrow];
    float third[narrow][narrow];
    float third_bias[narrow];
    float fourth[narrow][wide];
    float fourth_bias[wide];
    Pieces<3> curves[filters]; // the last five of 32 places are empty
    SoftplusTable softplus;
    float filter_weights[filters][filter_taps];
    float no_bias[filter_taps];
};

/// Roots of unity as cosine and sine.
struct alignas(64) Twiddles {
    float of_512[block_points][8][2]; // exp(−2πi·jq/512)
    float of_64[8][8][2];             // exp(−2πi·jq/64)
    float of_bin[complex_points][2];  // exp(−2πi·k/512)
};

struct alignas(64) Packed {
    Twiddles twiddles;
    CaePacked cae;
    CafxPacked cafx;
    bool is_cafx;
};

/// Of one channel, from the beginning to the end of a frame.
struct alignas(64) Channel {
    float padded[margin + frame_samples + margin]; // the frame, zeros around
    float spectrum[complex_points][6];             // even, odd, odd · twiddle
    float out[margin + frame_samples + 4 * margin];
    float gated[latent][filters]; // X̂1 where it is not zero (CAFx)
    int place[latent][filters];   // and where that is within the pool
};

/// Of one group at a time.
struct alignas(64) Scratch {
    float x1[rows_floats];
    float smooth[rows_floats];
    float spectrum[rows_floats];
    float magnitude[(smoothing_taps + frame_samples) * lanes]; // |X1|, zeros around
    float head[margin * lanes]; // what wraps around at both ends of X1
    float tail[margin * lanes];
    float edge[(2 * block_points + 32) * lanes];
    float pooled[latent][lanes];
    float kept[latent][lanes]; // X1 where the pool's largest value stood
    int place[latent][lanes];
    float hidden[latent][lanes];

    // CAFx, 64 samples at a time.
    unsigned char rows_at[pool][filters]; // which rows have a value at each sample of a pool
    float features[block_points][wide];
    float narrow_one[block_points][narrow];
    float narrow_two[block_points][narrow];
    float transposed[narrow][block_points];
    float shaped[wide][block_points];
    float products[filter_taps][padded_block]; // zeros around
};

} // namespace tonecast::kernels::TONECAST_SET
