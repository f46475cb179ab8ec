#pragma once

#include "engine/families/autoencoder/compiled/fft_convolution.h"
#include "engine/families/autoencoder/compiled/layout.h"
#include "engine/families/autoencoder/compiled/packed_int16.h"
#include "engine/families/autoencoder/compiled/softplus.h"
#include "engine/families/autoencoder/frame_kernel.h"

#include <math.h>

/// From a graph's weights to the layout of this instruction set.
namespace tonecast::kernels::TONECAST_SET {

inline constexpr double full_turn = 6.283185307179586476925;

inline void set_root(float (&root)[2], double turns) {
    root[0] = static_cast<float>(cos(full_turn * turns));
    root[1] = static_cast<float>(sin(full_turn * turns));
}

inline void pack_twiddles(Twiddles& twiddles) {
    for (int j = 0; j < block_points; ++j)
        for (int q = 0; q < 8; ++q)
            set_root(twiddles.of_512[j][q], j * q / 512.0);
    for (int j = 0; j < 8; ++j)
        for (int q = 0; q < 8; ++q)
            set_root(twiddles.of_64[j][q], j * q / 64.0);
    for (int k = 0; k < complex_points; ++k)
        set_root(twiddles.of_bin[k], k / 512.0);
}

/// Spectra of a row's even and odd taps, the filter turned around for convolution and tap `reach`
/// at time 0. In double precision, straight from the definition: this is done once.
template <int taps>
void pack_spectra(const float* filter, int reach, double scale, int lane,
                  float (&spectra)[half_bins][4][lanes]) {
    static_assert(frame_samples == 2 * complex_points);
    double cosine[complex_points];
    double sine[complex_points];
    for (int i = 0; i < complex_points; ++i) {
        cosine[i] = cos(full_turn * i / complex_points);
        sine[i] = sin(full_turn * i / complex_points);
    }
    auto* out = spectra;
    const auto pack_bin = [&](int k) {
        double sums[4] = {};
        for (int tap = 0; tap < taps; ++tap) {
            const int time = (reach - tap + frame_samples) % frame_samples;
            const int angle = k * (time / 2) % complex_points;
            const int parity = 2 * (time % 2);
            sums[parity] += static_cast<double>(filter[tap]) * cosine[angle];
            sums[parity + 1] -= static_cast<double>(filter[tap]) * sine[angle];
        }
        for (int i = 0; i < 4; ++i)
            (*out)[i][lane] = static_cast<float>(scale * sums[i]);
        ++out;
    };
    for_each_block([](int) {}, pack_bin, [](int) {});
}

inline void pack_local(const float* weights, const float* bias, int group, int lane,
                       CaePacked& to) {
    double scale[latent];
    for (int out = 0; out < latent; ++out) {
        float largest = 1e-30F;
        for (int in = 0; in < latent; ++in) {
            const float weight = weights[in * latent + out];
            to.local_weights[group][out / dense_block][in][out % dense_block][lane] = weight;
            largest = fmaxf(largest, fabsf(weight));
        }
        scale[out] = static_cast<double>(largest);
        to.local_scale[group][out][lane] = static_cast<float>(scale[out] / pair_one);
        to.local_bias[group][out][lane] = bias[out];
    }
    for (int out = 0; out < latent; out += 2)
        for (int in = 0; in < latent; ++in) {
            const float* pair = weights + in * latent + out;
            to.local_pairs[group][out / dense_block][in][out % dense_block / 2][lane] =
                pack_pair(static_cast<double>(pair[0]) / scale[out],
                          static_cast<double>(pair[1]) / scale[out + 1]);
        }
}

inline void pack_row(const Weights& from, int row, CaePacked& to) {
    const int group = row / lanes;
    const int lane = row % lanes;
    const float* filter = from.filters + row * filter_taps;
    const float* smoothing = from.smoothing + row * smoothing_taps;
    for (int k = 0; k < filter_taps; ++k) {
        to.filter_weights[group][k][lane] = filter[k];
        to.widened_filters[row][pool + k] = filter[k];
    }
    for (int k = 0; k < smoothing_taps; ++k)
        to.smoothing_weights[group][k][lane] = smoothing[k];
    to.filter_bias[group][lane] = from.filter_bias[row];
    to.smoothing_bias[group][lane] = from.smoothing_bias[row];
    // The inverse FFT multiplies by 512, and write_bin() takes the frame's spectra as they are but
    // twice those of the magnitude.
    pack_spectra<filter_taps>(filter, filter_reach, 1.0 / 512, lane, to.filter_spectra[group]);
    pack_spectra<smoothing_taps>(smoothing, smoothing_reach, 1.0 / 1024, lane,
                                 to.smoothing_spectra[group]);
    pack_local(from.local + row * latent * latent, from.local_bias + row * latent, group, lane, to);
}

inline void pack_cae(const Weights& from, CaePacked& to) {
    for (int row = 0; row < filters; ++row)
        pack_row(from, row, to);
    for (int out = 0; out < latent; ++out) {
        to.shared_bias[out] = from.shared_bias[out];
        for (int in = 0; in < latent; ++in)
            to.shared_weights[out / dense_block][in][out % dense_block] =
                from.shared[in * latent + out];
    }
}

template <int in, int out>
void pack_dense(const float* weights, const float* bias, float (&to)[in][out],
                float (&to_bias)[out]) {
    for (int o = 0; o < out; ++o) {
        to_bias[o] = bias[o];
        for (int i = 0; i < in; ++i)
            to[i][o] = weights[o * in + i];
    }
}

inline void pack_cafx(const Weights& from, CafxPacked& to) {
    tabulate_softplus(to.softplus);
    pack_dense(from.dense[0], from.dense_bias[0], to.first, to.first_bias);
    pack_dense(from.dense[1], from.dense_bias[1], to.second, to.second_bias);
    pack_dense(from.dense[2], from.dense_bias[2], to.third, to.third_bias);
    pack_dense(from.dense[3], from.dense_bias[3], to.fourth, to.fourth_bias);
    for (int row = 0; row < filters; ++row) {
        for (int k = 0; k < filter_taps; ++k)
            to.filter_weights[row][k] = from.filters[row * filter_taps + k];
        for (int c = 0; c < 3; ++c)
            for (int piece = 0; piece < curve_pieces; ++piece)
                to.curves[row][c][piece] = from.curve[c][row * curve_pieces + piece];
    }
}

} // namespace tonecast::kernels::TONECAST_SET
