#pragma once

#include "engine/families/autoencoder/compiled/layout.h"

/// Complex FFT of 512 points, 8 · 8 · 8, all rows of a group at once, in place but for the first
/// pass. Forward decimates in frequency and leaves its bins in digit-reversed order; the inverse
/// takes them so: nothing is ever sorted.
namespace tonecast::kernels::TONECAST_SET {

struct Complex {
    Vec re;
    Vec im;
};

TONECAST_INLINE Complex operator+(Complex a, Complex b) {
    return {a.re + b.re, a.im + b.im};
}
TONECAST_INLINE Complex operator-(Complex a, Complex b) {
    return {a.re - b.re, a.im - b.im};
}
TONECAST_INLINE Complex load_complex(const float* from) {
    return {load(from), load(from + lanes)};
}
TONECAST_INLINE void store_complex(float* to, Complex z) {
    store(to, z.re);
    store(to + lanes, z.im);
}

enum class Way { forward, inverse };

/// Times −i forward, times +i back.
template <Way way>
TONECAST_INLINE Complex quarter_turn(Complex z) {
    return way == Way::forward ? Complex{z.im, -z.re} : Complex{-z.im, z.re};
}

/// Times cos − i·sin forward, times its conjugate back.
template <Way way>
TONECAST_INLINE Complex turn(Complex z, const float (&root)[2]) {
    const float c = root[0];
    const float s = root[1];
    return way == Way::forward ? Complex{z.re * c + z.im * s, z.im * c - z.re * s}
                               : Complex{z.re * c - z.im * s, z.im * c + z.re * s};
}

template <Way way>
TONECAST_INLINE void transform_4(Complex& a, Complex& b, Complex& c, Complex& d) {
    const Complex ac = a + c;
    const Complex ac_less = a - c;
    const Complex bd = b + d;
    const Complex bd_turned = quarter_turn<way>(b - d);
    a = ac + bd;
    b = ac_less + bd_turned;
    c = ac - bd;
    d = ac_less - bd_turned;
}

template <Way way>
TONECAST_INLINE void transform_8(Complex (&z)[8]) {
    constexpr float eighth = 0.70710678118654752F;
    Complex even[4];
    Complex odd[4];
    TONECAST_UNROLL
    for (int i = 0; i < 4; ++i) {
        even[i] = z[i] + z[i + 4];
        odd[i] = z[i] - z[i + 4];
    }
    const Complex one = odd[1];
    const Complex three = odd[3];
    if constexpr (way == Way::forward) {
        odd[1] = {(one.re + one.im) * eighth, (one.im - one.re) * eighth};
        odd[3] = {(three.im - three.re) * eighth, (three.im + three.re) * -eighth};
    } else {
        odd[1] = {(one.re - one.im) * eighth, (one.im + one.re) * eighth};
        odd[3] = {(three.re + three.im) * -eighth, (three.re - three.im) * eighth};
    }
    odd[2] = quarter_turn<way>(odd[2]);
    transform_4<way>(even[0], even[1], even[2], even[3]);
    transform_4<way>(odd[0], odd[1], odd[2], odd[3]);
    TONECAST_UNROLL
    for (int i = 0; i < 4; ++i) {
        z[2 * i] = even[i];
        z[2 * i + 1] = odd[i];
    }
}

/// Where bin k stands.
TONECAST_INLINE constexpr int bin_at(int k) {
    return (k & 7) * block_floats + ((k & 56) | (k >> 6)) * complex_floats;
}

/// The first of three passes, from z, which are the points j, j + 64, … of the signal.
TONECAST_INLINE void forward_first(Complex (&z)[8], int j, const Twiddles& twiddles, float* out) {
    transform_8<Way::forward>(z);
    store_complex(out + j * complex_floats, z[0]);
    TONECAST_UNROLL
    for (int q = 1; q < 8; ++q)
        store_complex(out + j * complex_floats + q * block_floats,
                      turn<Way::forward>(z[q], twiddles.of_512[j][q]));
}

/// The other two, on one block of 64 points.
inline void forward_rest(float* block, const Twiddles& twiddles) {
    for (int j = 0; j < 8; ++j) {
        Complex z[8];
        TONECAST_UNROLL
        for (int q = 0; q < 8; ++q)
            z[q] = load_complex(block + (j + 8 * q) * complex_floats);
        transform_8<Way::forward>(z);
        store_complex(block + j * complex_floats, z[0]);
        TONECAST_UNROLL
        for (int q = 1; q < 8; ++q)
            store_complex(block + (j + 8 * q) * complex_floats,
                          turn<Way::forward>(z[q], twiddles.of_64[j][q]));
    }
    for (int j = 0; j < 8; ++j) {
        Complex z[8];
        TONECAST_UNROLL
        for (int q = 0; q < 8; ++q)
            z[q] = load_complex(block + (8 * j + q) * complex_floats);
        transform_8<Way::forward>(z);
        TONECAST_UNROLL
        for (int q = 0; q < 8; ++q)
            store_complex(block + (8 * j + q) * complex_floats, z[q]);
    }
}

/// The first two of three passes back, on one block of 64 bins.
inline void inverse_first(float* block, const Twiddles& twiddles) {
    for (int j = 0; j < 8; ++j) {
        Complex z[8];
        TONECAST_UNROLL
        for (int q = 0; q < 8; ++q)
            z[q] = load_complex(block + (8 * j + q) * complex_floats);
        transform_8<Way::inverse>(z);
        TONECAST_UNROLL
        for (int q = 0; q < 8; ++q)
            store_complex(block + (8 * j + q) * complex_floats, z[q]);
    }
    for (int j = 0; j < 8; ++j) {
        Complex z[8];
        z[0] = load_complex(block + j * complex_floats);
        TONECAST_UNROLL
        for (int q = 1; q < 8; ++q)
            z[q] = turn<Way::inverse>(load_complex(block + (j + 8 * q) * complex_floats),
                                      twiddles.of_64[j][q]);
        transform_8<Way::inverse>(z);
        TONECAST_UNROLL
        for (int q = 0; q < 8; ++q)
            store_complex(block + (j + 8 * q) * complex_floats, z[q]);
    }
}

/// The last pass back: the points j, j + 64, … of the signal, times 512.
TONECAST_INLINE void inverse_last(const float* spectrum, int j, const Twiddles& twiddles,
                                  Complex (&z)[8]) {
    z[0] = load_complex(spectrum + j * complex_floats);
    TONECAST_UNROLL
    for (int q = 1; q < 8; ++q)
        z[q] = turn<Way::inverse>(load_complex(spectrum + j * complex_floats + q * block_floats),
                                  twiddles.of_512[j][q]);
    transform_8<Way::inverse>(z);
}

} // namespace tonecast::kernels::TONECAST_SET
