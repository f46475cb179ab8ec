#include "engine/chain/tone_stack.h"

#include "engine/signal/finite.h"

#include <algorithm>
#include <cmath>

namespace tonecast {

namespace {

constexpr double silent = 1e-10; // −200 dBFS: what a filter still holds when it may stop

} // namespace

float ToneStack::held(float db) noexcept {
    return std::isnan(db) ? 0.0F : std::clamp(db, -max_gain_db, max_gain_db);
}

void ToneStack::prepare(int sample_rate_hz, int channels) {
    using enum BiquadDesign::Shape;
    bands_[0].design = {low_shelf, bass_hz, sample_rate_hz};
    bands_[1].design = {peak, middle_hz, sample_rate_hz};
    bands_[2].design = {high_shelf, treble_hz, sample_rate_hz};
    const auto steps = std::lround(ramp_s * sample_rate_hz / grid_samples);
    for (ControlValue* knob : knobs())
        knob->prepare(std::max(1, static_cast<int>(steps)));
    for (Band& band : bands_)
        band.channels.resize(static_cast<std::size_t>(channels));
    reset();
    jump();
}

void ToneStack::reset() noexcept {
    for (Band& band : bands_)
        std::ranges::fill(band.channels, Biquad{});
    grid_at_ = 0;
}

BiquadCoefficients ToneStack::designed(std::size_t band, float gain_db) const noexcept {
    const double middle_q = gain_db < 0.0F ? middle_cut_q : middle_boost_q;
    return bands_[band].design.at(gain_db, band == 1 ? middle_q : shelf_q);
}

void ToneStack::follow() noexcept {
    for (ControlValue* knob : knobs())
        knob->follow();
}

void ToneStack::jump() noexcept {
    for (std::size_t b = 0; b < bands_.size(); ++b) {
        ControlValue& knob = *knobs()[b];
        knob.jump();
        bands_[b].gain_db = knob.now();
        bands_[b].now = bands_[b].next = designed(b, knob.now());
        bands_[b].moves = false;
    }
}

bool ToneStack::rings() const noexcept {
    return std::ranges::any_of(bands_, [](const Band& band) {
        return std::ranges::any_of(band.channels, [](const Biquad& filter) {
            return std::fabs(filter.first) > silent || std::fabs(filter.second) > silent;
        });
    });
}

void ToneStack::begin_grid() noexcept {
    bool flat = true;
    for (std::size_t b = 0; b < bands_.size(); ++b) {
        Band& band = bands_[b];
        const float gain_db = knobs()[b]->next();
        band.now = band.next;
        band.moves = gain_db != band.gain_db;
        if (band.moves) {
            band.gain_db = gain_db;
            band.next = designed(b, gain_db);
            band.step = step_between(band.now, band.next, grid_samples);
        }
        flat = flat && !band.moves && gain_db == 0.0F;
    }
    passes_through_ = flat && !rings();
    if (passes_through_)
        for (Band& band : bands_)
            std::ranges::fill(band.channels, Biquad{});
}

void ToneStack::process(AudioBuffer& samples, int n) noexcept {
    for (int at = 0; at < n;) {
        if (grid_at_ == 0)
            begin_grid();
        const int count = std::min(n - at, grid_samples - grid_at_);
        if (!passes_through_)
            process_run(samples, at, count);
        grid_at_ = (grid_at_ + count) % grid_samples;
        at += count;
    }
}

void ToneStack::process_run(AudioBuffer& samples, int at, int n) noexcept {
    for (int c = 0; c < samples.channels(); ++c) {
        float* const run = samples.channel(c) + at;
        std::array<double, grid_samples> line{};
        for (int i = 0; i < n; ++i)
            line[static_cast<std::size_t>(i)] = is_finite(run[i]) ? run[i] : 0.0F;
        for (Band& band : bands_) {
            Biquad& filter = band.channels[static_cast<std::size_t>(c)];
            BiquadCoefficients coefficients = band.now;
            for (int i = 0; i < n; ++i) {
                if (band.moves)
                    coefficients = moved(coefficients, band.step);
                double& sample = line[static_cast<std::size_t>(i)];
                sample = filter.process(coefficients, sample);
            }
        }
        for (int i = 0; i < n; ++i)
            run[i] = static_cast<float>(line[static_cast<std::size_t>(i)]);
    }
    for (Band& band : bands_)
        for (int i = 0; band.moves && i < n; ++i)
            band.now = moved(band.now, band.step);
}

} // namespace tonecast
