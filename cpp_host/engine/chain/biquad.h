#pragma once

#include <cmath>
#include <numbers>

namespace tonecast {

/// b0 + b1/z + b2/z² over 1 + a1/z + a2/z². What lies between two stable ones on a straight line is
/// stable, too: their a1 and a2 lie in a triangle.
struct BiquadCoefficients {
    double b0 = 1.0;
    double b1 = 0.0;
    double b2 = 0.0;
    double a1 = 0.0;
    double a2 = 0.0;
};

/// What is added a sample to come from one to another in so many.
inline BiquadCoefficients step_between(const BiquadCoefficients& from, const BiquadCoefficients& to,
                                       int steps) noexcept {
    return {(to.b0 - from.b0) / steps, (to.b1 - from.b1) / steps, (to.b2 - from.b2) / steps,
            (to.a1 - from.a1) / steps, (to.a2 - from.a2) / steps};
}

inline BiquadCoefficients moved(const BiquadCoefficients& from,
                                const BiquadCoefficients& step) noexcept {
    return {from.b0 + step.b0, from.b1 + step.b1, from.b2 + step.b2, from.a1 + step.a1,
            from.a2 + step.a2};
}

/// A second-order filter of one channel, in transposed direct form II, which bears coefficients
/// that move.
struct Biquad {
    double process(const BiquadCoefficients& c, double in) noexcept {
        const double out = c.b0 * in + first;
        first = c.b1 * in - c.a1 * out + second;
        second = c.b2 * in - c.a2 * out;
        return out;
    }

    double first = 0.0;
    double second = 0.0;
};

/// Designs by Bristow-Johnson, "Cookbook formulae for audio EQ biquad filter coefficients" (2005).
/// At 0 dB numerator and denominator are the same.
class BiquadDesign {
public:
    enum class Shape { low_shelf, peak, high_shelf };

    BiquadDesign() = default;
    BiquadDesign(Shape shape, double frequency_hz, int sample_rate_hz) noexcept : shape_(shape) {
        const double angle = 2.0 * std::numbers::pi * frequency_hz / sample_rate_hz;
        cosine_ = std::cos(angle);
        sine_ = std::sin(angle);
    }

    BiquadCoefficients at(double gain_db, double q) const noexcept {
        const double a = std::pow(10.0, gain_db / 40.0);
        const double alpha = sine_ / (2.0 * q);
        if (shape_ == Shape::peak)
            return over(1.0 + alpha / a, 1.0 + alpha * a, -2.0 * cosine_, 1.0 - alpha * a,
                        -2.0 * cosine_, 1.0 - alpha / a);
        const double tilt = shape_ == Shape::low_shelf ? cosine_ : -cosine_;
        const double sign = shape_ == Shape::low_shelf ? 1.0 : -1.0;
        const double more = a + 1.0;
        const double less = a - 1.0;
        const double bend = 2.0 * std::sqrt(a) * alpha;
        return over(more + less * tilt + bend, a * (more - less * tilt + bend),
                    2.0 * sign * a * (less - more * tilt), a * (more - less * tilt - bend),
                    -2.0 * sign * (less + more * tilt), more + less * tilt - bend);
    }

    /// Passes the middle at 0 dB; `q` is the middle over the width at −3 dB.
    static BiquadCoefficients band_pass(double frequency_hz, double q,
                                        int sample_rate_hz) noexcept {
        const double angle = 2.0 * std::numbers::pi * frequency_hz / sample_rate_hz;
        const double alpha = std::sin(angle) / (2.0 * q);
        return over(1.0 + alpha, alpha, 0.0, -alpha, -2.0 * std::cos(angle), 1.0 - alpha);
    }

private:
    static BiquadCoefficients over(double a0, double b0, double b1, double b2, double a1,
                                   double a2) noexcept {
        return {b0 / a0, b1 / a0, b2 / a0, a1 / a0, a2 / a0};
    }

    Shape shape_ = Shape::peak;
    double cosine_ = 1.0;
    double sine_ = 0.0;
};

} // namespace tonecast
