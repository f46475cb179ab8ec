#pragma once

#include "engine/convolution/complexes.h"

#include <vector>

namespace tonecast {

/// The discrete Fourier transform for convolving real samples in blocks, without a real-to-complex
/// step: it evaluates 2 · size samples x at the roots of z^(2 size) = −1, which come in conjugate
/// pairs, so half of them tell all. Products of such spectra are convolutions that wrap around with
/// their sign changed (Nussbaumer, "Fast Fourier Transform and Convolution Algorithms", 1982,
/// "odd-frequency" transforms). What wraps around falls into the first half, which overlap-save
/// throws away.
///
/// With z[n] = x[n] + i x[n + size] and a weight of e^(iπn / 2 size) it is a complex transform of
/// `size` points: one pass of radix 4, then passes of radix 2 over four interleaved transforms, so
/// that even the last of them works on 4 neighbours. Spectra are in no particular order; the
/// inverse takes them as they are.
///
/// Each pass can be done in parts, so that the work can be spread over time.
class SkewTransform {
public:
    static constexpr int min_size = 16;

    /// Control thread. `size` is a power of two, at least min_size.
    explicit SkewTransform(int size);

    int size() const noexcept { return size_; }

    /// How many middle passes there are each way: log2(size) − 2.
    int middle_passes() const noexcept { return middle_passes_; }

    // Any thread. Forward: `first` for all j below size / 4, then all middle passes, each for all
    // `size / 2` butterflies. Inverse: middle passes, then `last`.

    /// Reads both halves of the samples, `size` each.
    void forward_first(const float* first_half, const float* second_half, int j, int count,
                       Complexes z) const noexcept;
    void forward_middle(int pass, int butterfly, int count, Complexes z) const noexcept;
    void inverse_middle(int pass, int butterfly, int count, Complexes z) const noexcept;

    /// Writes `size` samples: the second half, times `size`.
    void inverse_last(Complexes z, int j, int count, float* second_half) const noexcept;

    /// Control thread: all of it forward.
    void forward(const float* first_half, const float* second_half, Complexes z) const noexcept;

private:
    int size_;
    int middle_passes_;
    std::vector<float> first_re_; // behind the first pass, in the order of its output
    std::vector<float> first_im_;
    std::vector<float> middle_re_; // for pairs `span` apart, from [span] on
    std::vector<float> middle_im_;
};

} // namespace tonecast
