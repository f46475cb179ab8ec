#include "engine/convolution/real_transform.h"
#include "tests/check.h"

#include <cmath>
#include <complex>
#include <numbers>
#include <random>

TEST(a_real_transform_is_the_dft_and_its_inverse_goes_back) {
    for (const int size : {8, 16, 64, 512, 1024}) {
        std::mt19937 random(1);
        std::vector<float> samples(static_cast<std::size_t>(size));
        for (float& sample : samples)
            sample = static_cast<float>(random()) / 4294967296.0F - 0.5F;
        tonecast::RealTransform transform(size);
        std::vector<float> re(samples.size() / 2 + 1);
        std::vector<float> im(re.size());
        transform.forward(samples.data(), {re.data(), im.data()});
        for (int k = 0; k <= size / 2; ++k) {
            std::complex<double> sum;
            for (int n = 0; n < size; ++n)
                sum += static_cast<double>(samples[static_cast<std::size_t>(n)]) *
                       std::polar(1.0, -2.0 * std::numbers::pi * k * n / size);
            const std::complex<double> found{static_cast<double>(re[static_cast<std::size_t>(k)]),
                                             static_cast<double>(im[static_cast<std::size_t>(k)])};
            CHECK(std::abs(found - sum) < 1e-5 * std::sqrt(size));
        }
        std::vector<float> back(samples.size());
        transform.inverse({re.data(), im.data()}, back.data());
        for (std::size_t n = 0; n < back.size(); ++n)
            CHECK(std::fabs(back[n] - samples[n]) < 1e-6F);
    }
}
