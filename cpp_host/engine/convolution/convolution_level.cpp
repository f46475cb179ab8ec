#include "engine/convolution/convolution_level.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace tonecast {

namespace {

// The passes with radix 4 take about twice as long as others, so they are done in twice as many
// parts.
constexpr int outer_parts = 2;

std::size_t spectrum_floats(int size, int count) {
    return std::size_t{2} * static_cast<std::size_t>(size) * static_cast<std::size_t>(count);
}

} // namespace

ConvolutionLevel::ConvolutionLevel(int size, const AudioBuffer& taps, int channels)
    : transform_(size), channels_(channels) {
    const auto skipped = static_cast<std::size_t>(2 * size);
    for (int c = 0; c < std::min(taps.channels(), channels); ++c)
        responses_.emplace_back(
            transform_,
            std::span(taps.channel(c), static_cast<std::size_t>(taps.samples())).subspan(skipped));
    partitions_ = responses_.front().partitions();
    for (int c = 0; c < channels; ++c) {
        spectra_.emplace_back(spectrum_floats(size, partitions_));
        sums_.emplace_back(spectrum_floats(size, 1));
    }
    making_.resize(channels, size);
    playing_.resize(channels, size);
}

void ConvolutionLevel::reset() noexcept {
    making_.clear();
    playing_.clear();
    played_ = 0;
    blocks_ = 0;
    newest_ = 0;
    done_ = 0;
}

void ConvolutionLevel::tick(std::int64_t at, const AudioBuffer& input) noexcept {
    played_ = static_cast<int>(at % size());
    if (played_ == 0 && at > 0)
        begin_block(at, input.samples());
    if (blocks_ == 0)
        return;
    const int ticks = size() / tick_samples;
    const std::int64_t due = std::int64_t{units()} * (played_ / tick_samples + 1) / ticks;
    for (; done_ < due; ++done_)
        work(done_, input);
}

void ConvolutionLevel::begin_block(std::int64_t at, int input_samples) noexcept {
    std::swap(making_, playing_);
    newest_ = (newest_ + 1) % partitions_;
    blocks_ = std::min(blocks_ + 1, partitions_);
    done_ = 0;
    second_half_ = static_cast<int>((at - size()) % input_samples);
    first_half_ = (second_half_ + input_samples - size()) % input_samples;
}

int ConvolutionLevel::units() const noexcept {
    return (2 * outer_parts + 2 * transform_.middle_passes() + blocks_) * (size() / unit);
}

void ConvolutionLevel::work(int index, const AudioBuffer& input) noexcept {
    const int in_pass = size() / unit;
    const int in_outer = outer_parts * in_pass;
    const int middle = transform_.middle_passes();
    const int count = size() / 4 / in_outer; // of an outer pass in a unit
    for (int c = 0; c < channels_; ++c) {
        const Complexes spectrum =
            LevelResponse::complexes(spectra_[static_cast<std::size_t>(c)], size(), newest_);
        const Complexes sum =
            LevelResponse::complexes(sums_[static_cast<std::size_t>(c)], size(), 0);
        int left = index;
        if (left < in_outer) {
            transform_.forward_first(input.channel(c) + first_half_,
                                     input.channel(c) + second_half_, left * count, count,
                                     spectrum);
            continue;
        }
        left -= in_outer;
        const int pass = left / in_pass;
        const int part = left % in_pass;
        if (pass < middle)
            transform_.forward_middle(pass, part * (unit / 2), unit / 2, spectrum);
        else if (pass < middle + blocks_)
            multiply(c, pass - middle, part * unit);
        else if (pass < 2 * middle + blocks_)
            transform_.inverse_middle(pass - middle - blocks_, part * (unit / 2), unit / 2, sum);
        else
            transform_.inverse_last(sum, (left - (2 * middle + blocks_) * in_pass) * count, count,
                                    making_.channel(c));
    }
}

void ConvolutionLevel::multiply(int channel, int partition, int from) noexcept {
    const auto c = static_cast<std::size_t>(channel);
    const int slot = (newest_ + partitions_ - partition) % partitions_;
    const Complexes block = LevelResponse::complexes(spectra_[c], size(), slot);
    const Complexes response = responses_[c % responses_.size()].partition(partition);
    const Complexes sum = LevelResponse::complexes(sums_[c], size(), 0);
    const float* const x_re = block.re + from;
    const float* const x_im = block.im + from;
    const float* const h_re = response.re + from;
    const float* const h_im = response.im + from;
    float* __restrict const sum_re = sum.re + from;
    float* __restrict const sum_im = sum.im + from;
    if (partition == 0) {
        for (int i = 0; i < unit; ++i) {
            sum_re[i] = x_re[i] * h_re[i] - x_im[i] * h_im[i];
            sum_im[i] = x_re[i] * h_im[i] + x_im[i] * h_re[i];
        }
        return;
    }
    for (int i = 0; i < unit; ++i) {
        sum_re[i] += x_re[i] * h_re[i] - x_im[i] * h_im[i];
        sum_im[i] += x_re[i] * h_im[i] + x_im[i] * h_re[i];
    }
}

} // namespace tonecast
