#include "engine/filter/crossfading_filter.h"

#include "engine/filter/runnable.h"

#include <algorithm>
#include <cassert>
#include <cstddef>

namespace tonecast {

namespace {

constexpr int kept_blocks = 8; // so that the past is moved to the front once in a while only

bool is_unit(const float* taps, int count) noexcept {
    return taps[0] == 1.0F &&
           std::all_of(taps + 1, taps + count, [](float tap) { return tap == 0.0F; });
}

} // namespace

void CrossfadingFilter::prepare(int channels, int taps, int max_samples) {
    kernel_ = filter::runnable().front();
    taps_ = taps;
    old_.resize(channels, taps);
    new_.resize(channels, taps);
    passes_.resize(static_cast<std::size_t>(channels));
    share_.assign(static_cast<std::size_t>(max_samples + filter::readable_beyond_samples), 0.0F);
    heard_.resize(channels, taps - 1 + kept_blocks * max_samples + filter::readable_beyond_samples);
    reset();
}

void CrossfadingFilter::reset() noexcept {
    old_.clear();
    new_.clear();
    for (int c = 0; c < new_.channels(); ++c)
        old_.channel(c)[0] = new_.channel(c)[0] = 1.0F;
    std::ranges::fill(passes_, 1);
    fading_ = false;
    in_hop_ = 0;
    heard_.clear();
    heard_samples_ = taps_ - 1;
}

void CrossfadingFilter::begin_hop(std::span<const float> filters, int hop_samples) noexcept {
    const bool linked = filters.size() == static_cast<std::size_t>(taps_);
    fading_ = !filters.empty();
    hop_samples_ = hop_samples;
    in_hop_ = 0;
    for (int c = 0; c < new_.channels(); ++c) {
        const bool passed = is_unit(new_.channel(c), taps_);
        std::copy_n(new_.channel(c), taps_, old_.channel(c));
        if (fading_)
            std::copy_n(filters.data() + (linked ? 0 : static_cast<std::ptrdiff_t>(c) * taps_),
                        taps_, new_.channel(c));
        passes_[static_cast<std::size_t>(c)] = passed && is_unit(new_.channel(c), taps_) ? 1 : 0;
    }
}

void CrossfadingFilter::process(const AudioBuffer& in, int from, AudioBuffer& out, int n) noexcept {
    hear(in, from, n);
    for (int i = 0; i < n && fading_; ++i)
        share_[static_cast<std::size_t>(i)] =
            static_cast<float>(in_hop_ + 1 + i) / static_cast<float>(hop_samples_);
    for (int c = 0; c < out.channels(); ++c) {
        const float* const x = heard_.channel(c) + heard_samples_ - n;
        if (passes_[static_cast<std::size_t>(c)] != 0)
            std::copy_n(x, n, out.channel(c));
        else if (fading_)
            kernel_->crossfade(x, old_.channel(c), new_.channel(c), taps_, share_.data(),
                               out.channel(c), n);
        else
            kernel_->convolve(x, new_.channel(c), taps_, out.channel(c), n);
    }
    in_hop_ += n;
}

void CrossfadingFilter::hear(const AudioBuffer& in, int from, int n) noexcept {
    const int room = heard_.samples() - filter::readable_beyond_samples;
    const bool full = heard_samples_ + n > room;
    for (int c = 0; c < heard_.channels(); ++c) {
        float* const heard = heard_.channel(c);
        if (full)
            std::copy(heard + heard_samples_ - (taps_ - 1), heard + heard_samples_, heard);
        std::copy_n(in.channel(c) + from, n, heard + (full ? taps_ - 1 : heard_samples_));
    }
    heard_samples_ = (full ? taps_ - 1 : heard_samples_) + n;
    assert(heard_samples_ <= room);
}

} // namespace tonecast
