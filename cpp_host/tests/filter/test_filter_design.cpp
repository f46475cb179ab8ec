#include "engine/filter/filter_design.h"
#include "tests/check.h"
#include "tests/engine/models/curve_models.h"

#include <complex>
#include <numbers>

using tonecast::FilterDesign;

namespace {

/// Of an FIR filter at a frequency, in dB.
double gain_db(const std::vector<float>& fir, double hz, int rate_hz) {
    std::complex<double> sum;
    for (std::size_t n = 0; n < fir.size(); ++n)
        sum += static_cast<double>(fir[n]) *
               std::polar(1.0, -2.0 * std::numbers::pi * hz * static_cast<double>(n) / rate_hz);
    return 20.0 * std::log10(std::abs(sum));
}

/// Smooth, so that the taps hold it.
std::vector<float> smooth_curve(int bins) {
    std::vector<float> curve;
    for (int k = 0; k < bins; ++k)
        curve.push_back(static_cast<float>(-12.0 + 9.0 * std::cos(6.0 * k / bins)));
    return curve;
}

} // namespace

TEST(a_filter_has_the_gain_of_its_curve_at_every_rate) {
    const tonecast::Contract contract = curve_models::contract();
    for (const int rate_hz : {44100, 48000, 88200, 96000, 192000}) {
        FilterDesign design(contract, rate_hz);
        std::vector<float> fir(static_cast<std::size_t>(design.taps()));
        CHECK(design.taps() == (100 * rate_hz + 24000) / 48000);
        const auto curve = smooth_curve(design.bins());
        CHECK(design.design(curve, fir) == FilterDesign::Outcome::good);
        for (int k = 1; k < 110; ++k) {
            const double hz = 48000.0 * k / 256.0;
            CHECK(std::fabs(gain_db(fir, hz, rate_hz) -
                            static_cast<double>(curve[static_cast<std::size_t>(k)])) < 0.1);
        }
        if (rate_hz > 90000) // beyond the model's Nyquist frequency its last value holds
            CHECK(std::fabs(gain_db(fir, 0.45 * rate_hz, rate_hz) -
                            static_cast<double>(curve.back())) < 0.3);
    }
}

TEST(a_filter_answers_as_early_as_its_gain_allows) {
    FilterDesign design(curve_models::contract(), 48000);
    std::vector<float> fir(static_cast<std::size_t>(design.taps()));
    const auto curve = smooth_curve(design.bins());
    design.design(curve, fir);
    // Of all filters of a gain the first tap of that of minimum phase is the largest: the
    // exponential of the mean of the logarithm of the gain.
    double mean = 0.5 * static_cast<double>(curve.front() + curve.back());
    for (int k = 1; k + 1 < design.bins(); ++k)
        mean += static_cast<double>(curve[static_cast<std::size_t>(k)]);
    mean /= design.bins() - 1;
    CHECK(std::fabs(20.0 * std::log10(static_cast<double>(fir[0])) - mean) < 1e-4);
}

TEST(a_curve_of_zeros_is_exactly_the_filter_that_lets_everything_pass) {
    for (const int rate_hz : {44100, 48000, 192000}) {
        FilterDesign design(curve_models::contract(), rate_hz);
        std::vector<float> fir(static_cast<std::size_t>(design.taps()), 7.0F);
        const std::vector<float> zeros(static_cast<std::size_t>(design.bins()));
        CHECK(design.design(zeros, fir) == FilterDesign::Outcome::good);
        CHECK(fir[0] == 1.0F);
        CHECK(std::all_of(fir.begin() + 1, fir.end(), [](float tap) { return tap == 0.0F; }));
    }
}
