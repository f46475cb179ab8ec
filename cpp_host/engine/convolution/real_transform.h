#pragma once

#include "engine/convolution/complexes.h"

#include <vector>

namespace tonecast {

/// The discrete Fourier transform of real samples, with its bins in order, by a complex one of half
/// the size. That is Stockham's, of radix 2: it needs no sorting, and all but its first passes work
/// on neighbours.
class RealTransform {
public:
    /// Control thread. `size` is a power of two, at least 8.
    explicit RealTransform(int size);

    int size() const noexcept { return 2 * half_; }

    // Any one thread; neither allocates.

    /// samples [size] → spectrum [size / 2 + 1].
    void forward(const float* samples, Complexes spectrum) noexcept;

    /// spectrum [size / 2 + 1] → samples [size], those that forward() makes it of. The imaginary
    /// parts of the first and the last bin do not count.
    void inverse(Complexes spectrum, float* samples) noexcept;

private:
    void transform(Complexes z, Complexes other) noexcept;

    int half_;
    std::vector<float> cos_; // of e^(−2πik / size), for k = 0 … half
    std::vector<float> sin_;
    std::vector<float> re_;
    std::vector<float> im_;
    std::vector<float> other_re_;
    std::vector<float> other_im_;
};

} // namespace tonecast
