#pragma once

#include "engine/convolution/complexes.h"

#include <vector>

namespace tonecast {

/// The discrete Fourier transform of real samples, with its bins in order, by a complex one of half
/// the size. That is Stockham's, of radix 2: it needs no sorting, and all but its first passes work
/// on neighbours. Samples are float or double.
template <typename Sample>
class BasicRealTransform {
public:
    using Complexes = BasicComplexes<Sample>;

    /// Control thread. `size` is a power of two, at least 8.
    explicit BasicRealTransform(int size);

    int size() const noexcept { return 2 * half_; }

    // Any one thread; neither allocates.

    /// samples [size] → spectrum [size / 2 + 1].
    void forward(const Sample* samples, Complexes spectrum) noexcept;

    /// spectrum [size / 2 + 1] → samples [size], those that forward() makes it of. The imaginary
    /// parts of the first and the last bin do not count.
    void inverse(Complexes spectrum, Sample* samples) noexcept;

private:
    void transform(Complexes z, Complexes other) noexcept;

    int half_;
    std::vector<Sample> cos_; // of e^(−2πik / size), for k = 0 … half
    std::vector<Sample> sin_;
    std::vector<Sample> re_;
    std::vector<Sample> im_;
    std::vector<Sample> other_re_;
    std::vector<Sample> other_im_;
};

using RealTransform = BasicRealTransform<float>;
using PreciseRealTransform = BasicRealTransform<double>; // takes as long, while it is in the cache

} // namespace tonecast
