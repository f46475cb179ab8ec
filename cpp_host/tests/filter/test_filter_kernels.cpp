// Every instruction set that this machine has, against plain sums in double precision.

#include "engine/filter/runnable.h"
#include "tests/check.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <random>
#include <vector>

using namespace tonecast::filter;

namespace {

std::vector<float> noise(std::size_t count, unsigned seed) {
    std::mt19937 random(seed);
    std::vector<float> samples(count);
    for (float& sample : samples)
        sample = static_cast<float>(random()) / 4294967296.0F - 0.5F;
    return samples;
}

struct Case {
    explicit Case(int count, int samples)
        : taps(count), n(samples),
          x(static_cast<std::size_t>(count + n + readable_beyond_samples), 0.0F),
          old_taps(noise(static_cast<std::size_t>(count), 2)),
          new_taps(noise(static_cast<std::size_t>(count), 3)),
          share(noise(static_cast<std::size_t>(n + readable_beyond_samples), 4)) {
        x = noise(x.size(), 1);
    }
    const float* first() const { return x.data() + taps - 1; }
    double sum(const std::vector<float>& filter, int i) const {
        double sum = 0.0;
        for (int j = 0; j < taps; ++j)
            sum += static_cast<double>(filter[static_cast<std::size_t>(j)]) *
                   static_cast<double>(first()[i - j]);
        return sum;
    }

    int taps;
    int n;
    std::vector<float> x;
    std::vector<float> old_taps;
    std::vector<float> new_taps;
    std::vector<float> share;
};

} // namespace

TEST(kernels_compute_the_sums_and_nothing_beyond_what_they_are_asked_for) {
    for (const Kernel* kernel : runnable()) {
        double worst = 0.0;
        for (const int taps : {1, 2, 63, 941})
            for (const int n : {1, 3, 8, 31, 32, 33, 64, 127, 480}) {
                const Case c(taps, n);
                std::vector<float> out(static_cast<std::size_t>(n) + 1, 9.0F);
                const auto compare = [&](int i, double expected) {
                    const auto found = static_cast<double>(out[static_cast<std::size_t>(i)]);
                    worst = std::max(worst, std::fabs(found - expected));
                };
                kernel->convolve(c.first(), c.old_taps.data(), taps, out.data(), n);
                for (int i = 0; i < n; ++i)
                    compare(i, c.sum(c.old_taps, i));
                kernel->crossfade(c.first(), c.old_taps.data(), c.new_taps.data(), taps,
                                  c.share.data(), out.data(), n);
                for (int i = 0; i < n; ++i) {
                    const double old_sum = c.sum(c.old_taps, i);
                    const auto share = static_cast<double>(c.share[static_cast<std::size_t>(i)]);
                    compare(i, old_sum + share * (c.sum(c.new_taps, i) - old_sum));
                }
                CHECK(out.back() == 9.0F);
            }
        std::printf("%s, filter: %.1e\n", kernel->name, worst);
        CHECK(worst < 4e-5);
    }
}

TEST(a_sample_has_the_same_bits_whatever_it_is_computed_with) {
    const int n = 200;
    const Case c(77, n);
    for (const Kernel* kernel : runnable()) {
        std::vector<float> whole(n);
        std::vector<float> fading(n);
        kernel->convolve(c.first(), c.old_taps.data(), c.taps, whole.data(), n);
        kernel->crossfade(c.first(), c.old_taps.data(), c.new_taps.data(), c.taps, c.share.data(),
                          fading.data(), n);
        for (int i = 0; i < n; ++i)
            for (const int together : {1, 5, 40}) {
                if (i + together > n)
                    continue;
                std::vector<float> out(static_cast<std::size_t>(together));
                kernel->convolve(c.first() + i, c.old_taps.data(), c.taps, out.data(), together);
                CHECK(out[0] == whole[static_cast<std::size_t>(i)]);
                kernel->crossfade(c.first() + i, c.old_taps.data(), c.new_taps.data(), c.taps,
                                  c.share.data() + i, out.data(), together);
                CHECK(out[0] == fading[static_cast<std::size_t>(i)]);
            }
    }
}

TEST(sizes_and_angles_become_complex_numbers) {
    const int n = 301;
    std::vector<float> log_size = noise(n + readable_beyond_samples, 1);
    std::vector<float> angle = noise(n + readable_beyond_samples, 2);
    for (std::size_t i = 0; i < log_size.size(); ++i) {
        log_size[i] = 14.0F * log_size[i] - 4.0F; // −95 … +26 dB
        angle[i] *= i % 2 == 0 ? 8.0F : 600.0F;
    }
    angle[7] = 0.0F;
    for (const Kernel* kernel : runnable()) {
        double worst = 0.0;
        std::vector<float> re(log_size);
        std::vector<float> im(angle);
        kernel->polar(re.data(), im.data(), n, re.data(), im.data());
        for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i) {
            const auto of_angle = static_cast<double>(angle[i]);
            const double size = std::exp(static_cast<double>(log_size[i]));
            const double off = std::hypot(static_cast<double>(re[i]) - size * std::cos(of_angle),
                                          static_cast<double>(im[i]) - size * std::sin(of_angle));
            worst = std::max(worst, off / size / std::max(1.0, std::fabs(of_angle)));
        }
        CHECK(im[7] == 0.0F); // a gain alone stays one
        std::printf("%s, polar: %.1e\n", kernel->name, worst);
        CHECK(worst < 4e-7);
    }
}
