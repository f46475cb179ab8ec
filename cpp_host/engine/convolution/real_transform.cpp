#include "engine/convolution/real_transform.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <utility>

namespace tonecast {

template <typename Sample>
BasicRealTransform<Sample>::BasicRealTransform(int size) : half_(size / 2) {
    assert(size >= 8 && std::has_single_bit(static_cast<unsigned>(size)));
    for (int k = 0; k <= half_; ++k) {
        const double angle = -2.0 * std::numbers::pi * k / size;
        cos_.push_back(static_cast<Sample>(std::cos(angle)));
        sin_.push_back(static_cast<Sample>(std::sin(angle)));
    }
    for (auto* part : {&re_, &im_, &other_re_, &other_im_})
        part->resize(static_cast<std::size_t>(half_));
}

template <typename Sample>
void BasicRealTransform<Sample>::forward(const Sample* samples, Complexes spectrum) noexcept {
    const auto half = static_cast<std::size_t>(half_);
    for (std::size_t n = 0; n < half; ++n) {
        re_[n] = samples[2 * n];
        im_[n] = samples[2 * n + 1];
    }
    transform({re_.data(), im_.data()}, {other_re_.data(), other_im_.data()});
    // The transforms of the even and of the odd samples lie in the even and the odd part of that of
    // both.
    for (std::size_t k = 0; k <= half; ++k) {
        const std::size_t a = k == half ? 0 : k;
        const std::size_t b = k == 0 ? 0 : half - k;
        const Sample even_re = Sample{0.5} * (re_[a] + re_[b]);
        const Sample even_im = Sample{0.5} * (im_[a] - im_[b]);
        const Sample odd_re = Sample{0.5} * (im_[a] + im_[b]);
        const Sample odd_im = Sample{0.5} * (re_[b] - re_[a]);
        spectrum.re[k] = even_re + (odd_re * cos_[k] - odd_im * sin_[k]);
        spectrum.im[k] = even_im + (odd_re * sin_[k] + odd_im * cos_[k]);
    }
}

template <typename Sample>
void BasicRealTransform<Sample>::inverse(Complexes spectrum, Sample* samples) noexcept {
    const auto half = static_cast<std::size_t>(half_);
    const Sample* const re = spectrum.re;
    for (std::size_t k = 0; k < half; ++k) {
        const Sample a_im = k == 0 ? Sample{0} : spectrum.im[k];
        const Sample b_im = k == 0 ? Sample{0} : spectrum.im[half - k];
        const Sample even_re = Sample{0.5} * (re[k] + re[half - k]);
        const Sample even_im = Sample{0.5} * (a_im - b_im);
        const Sample less_re = Sample{0.5} * (re[k] - re[half - k]);
        const Sample less_im = Sample{0.5} * (a_im + b_im);
        const Sample odd_re = less_re * cos_[k] + less_im * sin_[k];
        const Sample odd_im = less_im * cos_[k] - less_re * sin_[k];
        re_[k] = even_re - odd_im;
        im_[k] = even_im + odd_re;
    }
    // Back is there with both parts exchanged.
    transform({im_.data(), re_.data()}, {other_im_.data(), other_re_.data()});
    const Sample scale = Sample{1} / static_cast<Sample>(half_);
    for (std::size_t n = 0; n < half; ++n) {
        samples[2 * n] = scale * re_[n];
        samples[2 * n + 1] = scale * im_[n];
    }
}

/// z [half] in place. A pass turns n / 2 pairs of `stride` interleaved transforms of n points into
/// twice as many transforms of half as many.
template <typename Sample>
void BasicRealTransform<Sample>::transform(Complexes z, Complexes other) noexcept {
    Complexes from = z;
    Complexes to = other;
    for (int n = half_, stride = 1; n > 1; n /= 2, stride *= 2) {
        const int middle = n / 2;
        for (int p = 0; p < middle; ++p) {
            const auto turn = static_cast<std::size_t>(p) * static_cast<std::size_t>(2 * stride);
            const Sample w_re = cos_[turn];
            const Sample w_im = sin_[turn];
            const Sample* __restrict const a_re = from.re + std::ptrdiff_t{p} * stride;
            const Sample* __restrict const a_im = from.im + std::ptrdiff_t{p} * stride;
            const Sample* __restrict const b_re = a_re + std::ptrdiff_t{middle} * stride;
            const Sample* __restrict const b_im = a_im + std::ptrdiff_t{middle} * stride;
            Sample* __restrict const sum_re = to.re + std::ptrdiff_t{2} * p * stride;
            Sample* __restrict const sum_im = to.im + std::ptrdiff_t{2} * p * stride;
            Sample* __restrict const turned_re = sum_re + stride;
            Sample* __restrict const turned_im = sum_im + stride;
            for (int q = 0; q < stride; ++q) {
                const Sample less_re = a_re[q] - b_re[q];
                const Sample less_im = a_im[q] - b_im[q];
                sum_re[q] = a_re[q] + b_re[q];
                sum_im[q] = a_im[q] + b_im[q];
                turned_re[q] = less_re * w_re - less_im * w_im;
                turned_im[q] = less_re * w_im + less_im * w_re;
            }
        }
        std::swap(from, to);
    }
    if (from.re == z.re)
        return;
    std::copy_n(from.re, half_, z.re);
    std::copy_n(from.im, half_, z.im);
}

template class BasicRealTransform<float>;
template class BasicRealTransform<double>;

} // namespace tonecast
