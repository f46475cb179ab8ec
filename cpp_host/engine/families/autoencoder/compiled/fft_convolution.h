#pragma once

#include "engine/families/autoencoder/compiled/direct_convolution.h"
#include "engine/families/autoencoder/compiled/fft.h"
#include "engine/families/autoencoder/compiled/layout.h"

/// The same convolutions as products of spectra. Those are circular: what wraps around at the ends
/// of the frame is summed up by itself and taken off again.
namespace tonecast::kernels::TONECAST_SET {

/// Calls visit(k) for every bin 0 … 256 once, by blocks, and before and after each block (with the
/// one that holds its mirror images) what is to be done to it.
template <typename Before, typename Visit, typename After>
TONECAST_INLINE void for_each_block(Before before, Visit visit, After after) {
    for (int b = 0; b <= 4; ++b) {
        const int mirror = (8 - b) & 7;
        before(b);
        if (mirror != b)
            before(mirror);
        const bool mirrors_itself = mirror == b;
        for (int k = b; mirrors_itself ? k <= complex_points / 2 : k < complex_points; k += 8)
            visit(k);
        after(b);
        if (mirror != b)
            after(mirror);
    }
}

/// acc + h·x
TONECAST_INLINE Complex multiply_add(Complex acc, Complex h, Complex x) {
    acc.re += h.re * x.re;
    acc.re -= h.im * x.im;
    acc.im += h.re * x.im;
    acc.im += h.im * x.re;
    return acc;
}

/// Writes bin k and its mirror image of a filtered signal, from the spectra of the even and odd
/// samples of signal (x) and filter (h): with w = exp(−2πi·k/512) for the step of one sample,
///
///   Y_even = H_even·X_even + w·H_odd·X_odd,    Y_odd = H_odd·X_even + H_even·X_odd
TONECAST_INLINE void write_bin(float* spectrum, int k, const float (&h)[4][lanes], Complex x_even,
                               Complex x_odd, Complex x_odd_late) {
    const Complex h_even = load_complex(h[0]);
    const Complex h_odd = load_complex(h[2]);
    const Complex zero{};
    const Complex even = multiply_add(multiply_add(zero, h_even, x_even), h_odd, x_odd_late);
    const Complex odd = multiply_add(multiply_add(zero, h_odd, x_even), h_even, x_odd);
    store_complex(spectrum + bin_at(k), {even.re - odd.im, even.im + odd.re});
    store_complex(spectrum + bin_at((complex_points - k) & (complex_points - 1)),
                  {even.re + odd.im, odd.re - even.im});
}

/// Even and odd spectra of the frame, the same numbers for all rows.
inline void frame_spectrum(Channel& channel, Scratch& s, const Twiddles& twiddles) {
    const float* x = channel.padded + margin;
    for (int j = 0; j < block_points; ++j) {
        Complex z[8];
        TONECAST_UNROLL
        for (int q = 0; q < 8; ++q) {
            const int t = 2 * (j + block_points * q);
            z[q] = {all(x[t]), all(x[t + 1])};
        }
        forward_first(z, j, twiddles, s.spectrum);
    }
    for (int b = 0; b < 8; ++b)
        forward_rest(s.spectrum + b * block_floats, twiddles);
    for (int k = 0; k < complex_points; ++k) {
        const float* here = s.spectrum + bin_at(k);
        const float* mirror = s.spectrum + bin_at((complex_points - k) & (complex_points - 1));
        const float re = here[0];
        const float im = here[lanes];
        const float mirror_re = mirror[0];
        const float mirror_im = mirror[lanes];
        const float odd_re = 0.5F * (im + mirror_im);
        const float odd_im = 0.5F * (mirror_re - re);
        const float c = twiddles.of_bin[k][0];
        const float sine = twiddles.of_bin[k][1];
        float* out = channel.spectrum[k];
        out[0] = 0.5F * (re + mirror_re);
        out[1] = 0.5F * (im - mirror_im);
        out[2] = odd_re;
        out[3] = odd_im;
        out[4] = odd_re * c + odd_im * sine;
        out[5] = odd_im * c - odd_re * sine;
    }
}

/// What circular convolution adds to the first and the last samples of X1.
inline void filter_edges(const float (&weights)[filter_taps][lanes], const float* padded,
                         Scratch& s) {
    constexpr int block = 8;
    const float* end = padded + margin + frame_samples - filter_reach;
    const float* begin = padded + margin - filter_taps + 1;
    for (int t = 0; t < margin; t += block) {
        Vec head[block] = {};
        for (int k = 0; k < filter_reach - t; ++k) {
            const Vec weight = load(weights[k]);
            TONECAST_UNROLL
            for (int i = 0; i < block; ++i)
                head[i] += weight * end[t + k + i];
        }
        Vec tail[block] = {};
        for (int k = filter_taps - t - block; k < filter_taps; ++k) {
            const Vec weight = load(weights[k]);
            TONECAST_UNROLL
            for (int i = 0; i < block; ++i)
                tail[i] += weight * begin[t + k + i];
        }
        TONECAST_UNROLL
        for (int i = 0; i < block; ++i) {
            store(s.head + (t + i) * lanes, head[i]);
            store(s.tail + (t + i) * lanes, tail[i]);
        }
    }
}

/// X1, and in the same pass over it the first of the spectrum of its magnitude.
inline void analyse(const float (&spectra)[half_bins][4][lanes], const float* bias,
                    const Channel& channel, const Twiddles& twiddles, Scratch& s) {
    const auto* h = spectra;
    for_each_block([](int) {},
                   [&](int k) {
                       const float* x = channel.spectrum[k];
                       write_bin(s.spectrum, k, *h++, {all(x[0]), all(x[1])},
                                 {all(x[2]), all(x[3])}, {all(x[4]), all(x[5])});
                   },
                   [&](int b) { inverse_first(s.spectrum + b * block_floats, twiddles); });
    const Vec offset = load(bias);
    for (int j = 0; j < block_points; ++j) {
        Complex z[8];
        inverse_last(s.spectrum, j, twiddles, z);
        if (j < margin / 2)
            z[0] = z[0] - load_complex(s.head + j * complex_floats);
        if (j >= block_points - margin / 2)
            z[7] = z[7] - load_complex(s.tail + (j - block_points + margin / 2) * complex_floats);
        TONECAST_UNROLL
        for (int q = 0; q < 8; ++q) {
            z[q] = {z[q].re + offset, z[q].im + offset};
            store_complex(s.x1 + j * complex_floats + q * block_floats, z[q]);
            z[q] = {abs(z[q].re), abs(z[q].im)};
        }
        forward_first(z, j, twiddles, s.spectrum);
    }
}

/// Envelopes before the pool, the ends still to be mended.
inline void smooth(const float (&spectra)[half_bins][4][lanes], const Twiddles& twiddles,
                   Scratch& s) {
    const auto* h = spectra;
    for_each_block([&](int b) { forward_rest(s.spectrum + b * block_floats, twiddles); },
                   [&](int k) {
                       const Complex here = load_complex(s.spectrum + bin_at(k));
                       const Complex mirror = load_complex(
                           s.spectrum + bin_at((complex_points - k) & (complex_points - 1)));
                       // Twice the even and odd spectra; the filters' hold the half.
                       const Complex odd{here.im + mirror.im, mirror.re - here.re};
                       write_bin(s.spectrum, k, *h++, {here.re + mirror.re, here.im - mirror.im},
                                 odd, turn<Way::forward>(odd, twiddles.of_bin[k]));
                   },
                   [&](int b) { inverse_first(s.spectrum + b * block_floats, twiddles); });
    for (int j = 0; j < block_points; ++j) {
        Complex z[8];
        inverse_last(s.spectrum, j, twiddles, z);
        TONECAST_UNROLL
        for (int q = 0; q < 8; ++q)
            store_complex(s.smooth + j * complex_floats + q * block_floats, z[q]);
    }
}

TONECAST_INLINE void take_off(float* rows, const Vec (&sum)[time_block]) {
    TONECAST_UNROLL
    for (int i = 0; i < time_block; ++i)
        store(rows + i * lanes, load(rows + i * lanes) - sum[i]);
}

/// Takes off what wrapped around at both ends of the envelopes.
inline void mend_edges(const float (&weights)[smoothing_taps][lanes], Scratch& s) {
    constexpr int ends = smoothing_taps / 2;
    constexpr int zeros = time_block + tap_block;
    for (int i = 0; i < smoothing_reach; ++i)
        store(s.edge + i * lanes,
              abs(load(s.x1 + at(frame_samples - smoothing_reach) + i * lanes)));
    for (int i = smoothing_reach; i < smoothing_reach + zeros; ++i)
        store(s.edge + i * lanes, Vec{});
    for (int t = 0; t < ends; t += time_block) {
        Vec sum[time_block] = {};
        for (int k = 0; t + k < smoothing_reach; k += tap_block)
            add_row_taps(sum, weights[k], s.edge + (t + k) * lanes);
        take_off(s.smooth + at(t), sum);
    }

    for (int i = 0; i < zeros; ++i)
        store(s.edge + i * lanes, Vec{});
    for (int i = 0; i < ends; ++i)
        store(s.edge + (zeros + i) * lanes, abs(load(s.x1 + i * lanes)));
    for (int i = ends; i < ends + tap_block; ++i)
        store(s.edge + (zeros + i) * lanes, Vec{});
    for (int t = 0; t < ends; t += time_block) {
        constexpr int last = smoothing_taps - 1;
        const int first = (last - t - time_block + 1) / tap_block * tap_block;
        Vec sum[time_block] = {};
        for (int k = first; k < smoothing_taps; k += tap_block)
            add_row_taps(sum, weights[k], s.edge + (zeros + t + k - last) * lanes);
        take_off(s.smooth + at(frame_samples - ends + t), sum);
    }
}

inline void pool_rows(const float* bias, Scratch& s) {
    for (int window = 0; window < latent; ++window) {
        const float* sample = s.smooth + at(window * pool);
        const float* x1 = s.x1 + at(window * pool);
        Largest largest{};
        largest.start(load(sample), load(x1));
        TONECAST_UNROLL
        for (int i = 1; i < pool; ++i)
            largest.consider(load(sample + i * lanes), load(x1 + i * lanes), i);
        largest.keep(window, bias, s);
    }
}

} // namespace tonecast::kernels::TONECAST_SET
