#include "training/dynamics/normal_equations.h"

#include "engine/signal/flush_denormals.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace tonecast::training::dynamics {

namespace {

constexpr double log_gain_per_db = 0.11512925464970229;
constexpr std::size_t rows_at_once = 64;

/// Rows of derivatives and their errors, summed up many at a time: a product of matrices.
class Rows {
public:
    explicit Rows(std::size_t parameters) : width_(parameters), rows_(rows_at_once * parameters) {}

    std::span<double> next() { return {rows_.data() + count_ * width_, width_}; }

    void add(double error, NormalEquations& to) {
        errors_[count_++] = error;
        if (count_ == rows_at_once)
            sum_up(to);
    }

    void sum_up(NormalEquations& to) {
        for (std::size_t n = 0; n < count_; ++n) {
            const double* const row = rows_.data() + n * width_;
            to.error += errors_[n] * errors_[n];
            for (std::size_t i = 0; i < width_; ++i) {
                to.gradient[i] += errors_[n] * row[i];
                for (std::size_t j = 0; j <= i; ++j)
                    to.matrix[i * width_ + j] += row[i] * row[j];
            }
        }
        count_ = 0;
    }

private:
    std::size_t width_;
    std::vector<double> rows_;
    double errors_[rows_at_once] = {};
    std::size_t count_ = 0;
};

} // namespace

NormalEquations normal_equations(const Parameters& parameters, std::span<const float> sound,
                                 std::span<const float> filtered, std::span<const float> target,
                                 std::span<const std::uint8_t> counts) {
    const FlushDenormals while_running;
    const std::size_t by_gain = parameters.values.size();
    const std::size_t width = by_gain + 1;
    NormalEquations found{std::vector<double>(width * width), std::vector<double>(width)};
    Reduction reduction(parameters);
    Rows rows(width);
    for (std::size_t n = 0; n < sound.size(); ++n) {
        const double played =
            double{filtered[n]} * std::exp(-log_gain_per_db * reduction.next(sound[n]));
        if (counts[n] == 0)
            continue;
        const std::span<double> row = rows.next();
        reduction.derivatives(row);
        row[by_gain] = -1.0;
        for (double& by : row)
            by *= -log_gain_per_db * played;
        rows.add(played - double{target[n]}, found);
    }
    rows.sum_up(found);
    for (std::size_t i = 0; i < width; ++i)
        for (std::size_t j = 0; j < i; ++j)
            found.matrix[j * width + i] = found.matrix[i * width + j];
    return found;
}

void gain(const Parameters& parameters, std::span<const float> sound, std::span<float> gains) {
    const FlushDenormals while_running;
    Reduction reduction(parameters);
    for (std::size_t n = 0; n < sound.size(); ++n)
        gains[n] = static_cast<float>(std::exp(-log_gain_per_db * reduction.next(sound[n])));
}

} // namespace tonecast::training::dynamics
