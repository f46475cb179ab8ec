#include "engine/convolution/real_transform.h"
#include "tests/check.h"

#include <cmath>
#include <complex>
#include <numbers>
#include <random>

namespace {

/// Of random samples; `rounding` is by how much they may be missed.
template <typename Sample>
void expect_dft(double rounding) {
    for (const int size : {8, 16, 64, 512, 1024}) {
        std::mt19937 random(1);
        std::vector<Sample> samples(static_cast<std::size_t>(size));
        for (Sample& sample : samples)
            sample = static_cast<Sample>(random()) / Sample{4294967296.0} - Sample{0.5};
        tonecast::BasicRealTransform<Sample> transform(size);
        std::vector<Sample> re(samples.size() / 2 + 1);
        std::vector<Sample> im(re.size());
        transform.forward(samples.data(), {re.data(), im.data()});
        for (int k = 0; k <= size / 2; ++k) {
            std::complex<double> sum;
            for (int n = 0; n < size; ++n)
                sum += static_cast<double>(samples[static_cast<std::size_t>(n)]) *
                       std::polar(1.0, -2.0 * std::numbers::pi * k * n / size);
            const std::complex<double> found{static_cast<double>(re[static_cast<std::size_t>(k)]),
                                             static_cast<double>(im[static_cast<std::size_t>(k)])};
            CHECK(std::abs(found - sum) < 10.0 * rounding * std::sqrt(size));
        }
        std::vector<Sample> back(samples.size());
        transform.inverse({re.data(), im.data()}, back.data());
        for (std::size_t n = 0; n < back.size(); ++n)
            CHECK(static_cast<double>(std::abs(back[n] - samples[n])) < rounding);
    }
}

} // namespace

TEST(a_real_transform_is_the_dft_and_its_inverse_goes_back) {
    expect_dft<float>(1e-6);
    expect_dft<double>(1e-13); // the sums above round, too
}
