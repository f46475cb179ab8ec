#pragma once

#include "engine/families/autoencoder/frame_kernel.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <random>
#include <vector>

/// A CAE or CAFx with random weights, and what its layers say in plain loops.
namespace random_network {

using namespace tonecast::kernels;
using Values = std::vector<float>;

/// Evenly spread over ±size.
inline Values noise(std::mt19937& random, int count, float size, float around = 0.0F) {
    Values values;
    for (int i = 0; i < count; ++i) // uniform distributions differ between libraries
        values.push_back(around + size * (static_cast<float>(random()) / 2147483648.0F - 1.0F));
    return values;
}

struct Network {
    explicit Network(bool with_curves, unsigned seed = 1) : is_cafx(with_curves) {
        std::mt19937 random(seed);
        analysis = noise(random, filters * filter_taps, 0.3F);
        analysis_bias = noise(random, filters, 0.02F);
        smoothing = noise(random, filters * smoothing_taps, 0.02F, 0.01F);
        smoothing_bias = noise(random, filters, 0.1F);
        local = noise(random, filters * latent * latent, 0.1F);
        local_bias = noise(random, filters * latent, 0.1F);
        shared = noise(random, latent * latent, 0.1F);
        shared_bias = noise(random, latent, 0.1F);
        constexpr int widths[] = {wide, wide, narrow, narrow, wide};
        for (int i = 0; i < 4; ++i) {
            dense[i] = noise(random, widths[i + 1] * widths[i], 0.2F);
            dense_bias[i] = noise(random, widths[i + 1], 0.1F);
        }
        for (Values& curve : curves)
            curve = noise(random, filters * curve_pieces, 0.5F);
        join_pieces();
    }

    Weights view() const {
        Weights weights{analysis.data(),
                        analysis_bias.data(),
                        smoothing.data(),
                        smoothing_bias.data(),
                        local.data(),
                        local_bias.data(),
                        shared.data(),
                        shared_bias.data(),
                        {},
                        {},
                        {}};
        for (int i = 0; is_cafx && i < 4; ++i) {
            weights.dense[i] = dense[i].data();
            weights.dense_bias[i] = dense_bias[i].data();
        }
        for (int i = 0; is_cafx && i < 3; ++i)
            weights.curve[i] = curves[i].data();
        return weights;
    }

    std::vector<double> play(const float* frame) const;

    bool is_cafx;
    Values analysis, analysis_bias, smoothing, smoothing_bias;
    Values local, local_bias, shared, shared_bias;
    Values dense[4], dense_bias[4], curves[3];

private:
    void join_pieces();
    void add_row(const float* frame, int row, std::vector<double>& gated) const;
    void shape(std::vector<double>& gated) const;
};

/// Curves without steps, as a SAAF's are: of each piece but the first only the bend stays.
inline void Network::join_pieces() {
    for (int row = 0; row < filters; ++row)
        for (int piece = 1; piece < curve_pieces; ++piece) {
            const int i = row * curve_pieces + piece;
            const float x = -1.0F + static_cast<float>(piece - 1) * 2.0F / (curve_pieces - 2);
            const float bend = curves[2][i] - curves[2][i - 1];
            curves[1][i] = curves[1][i - 1] - 2 * bend * x;
            curves[0][i] = curves[0][i - 1] + bend * x * x;
        }
}

inline double softplus(double x) {
    return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
}

/// Sum of taps times the samples around t, zeros beyond the frame.
template <typename Sample>
double filtered(const float* taps, int count, const std::vector<Sample>& signal, int t) {
    double sum = 0.0;
    for (int k = 0; k < count; ++k) {
        const int at = t + k - (count - 1) / 2;
        if (at >= 0 && at < frame_samples)
            sum += static_cast<double>(taps[k]) * static_cast<double>(signal[at]);
    }
    return sum;
}

inline void Network::add_row(const float* frame, int row, std::vector<double>& gated) const {
    const double quiet_gate = std::log(2.0);
    const std::vector<float> samples(frame, frame + frame_samples);
    std::vector<double> x1;
    std::vector<double> magnitude;
    for (int t = 0; t < frame_samples; ++t) {
        x1.push_back(filtered(&analysis[row * filter_taps], filter_taps, samples, t) +
                     static_cast<double>(analysis_bias[row]));
        magnitude.push_back(std::abs(x1.back()));
    }
    std::vector<double> envelope;
    std::vector<int> place;
    for (int window = 0; window < latent; ++window) {
        std::vector<double> smooth;
        for (int i = 0; i < pool; ++i)
            smooth.push_back(filtered(&smoothing[row * smoothing_taps], smoothing_taps, magnitude,
                                      window * pool + i));
        const auto largest = std::max_element(smooth.begin(), smooth.end());
        place.push_back(window * pool + static_cast<int>(largest - smooth.begin()));
        envelope.push_back(softplus(*largest + static_cast<double>(smoothing_bias[row])) -
                           quiet_gate);
    }
    std::vector<double> hidden;
    for (int out = 0; out < latent; ++out) {
        double sum = static_cast<double>(local_bias[row * latent + out]);
        for (int in = 0; in < latent; ++in)
            sum += envelope[in] * static_cast<double>(local[(row * latent + in) * latent + out]);
        hidden.push_back(softplus(sum) - quiet_gate);
    }
    for (int out = 0; out < latent; ++out) {
        double sum = static_cast<double>(shared_bias[out]);
        for (int in = 0; in < latent; ++in)
            sum += hidden[in] * static_cast<double>(shared[in * latent + out]);
        gated[row * frame_samples + place[out]] = x1[place[out]] * softplus(sum);
    }
}

inline void Network::shape(std::vector<double>& gated) const {
    for (int t = 0; t < frame_samples; ++t) {
        std::vector<double> x;
        for (int row = 0; row < filters; ++row)
            x.push_back(gated[row * frame_samples + t]);
        for (int layer = 0; layer < 4; ++layer) {
            std::vector<double> y;
            for (std::size_t out = 0; out < dense_bias[layer].size(); ++out) {
                double sum = static_cast<double>(dense_bias[layer][out]);
                for (std::size_t in = 0; in < x.size(); ++in)
                    sum += x[in] * static_cast<double>(dense[layer][out * x.size() + in]);
                y.push_back(layer < 3 ? softplus(sum) - std::log(2.0) : sum);
            }
            x = y;
        }
        for (int row = 0; row < filters; ++row) {
            const int piece =
                1 + static_cast<int>(std::floor(std::clamp((x[row] + 1.0) * 12.5, -1.0, 25.0)));
            const auto c = [&](int power) {
                return static_cast<double>(curves[power][row * curve_pieces + piece]);
            };
            gated[row * frame_samples + t] = c(0) + x[row] * (c(1) + x[row] * c(2));
        }
    }
}

/// A frame through all layers, in double precision.
inline std::vector<double> Network::play(const float* frame) const {
    std::vector<double> gated(filters * frame_samples);
    for (int row = 0; row < filters; ++row)
        add_row(frame, row, gated);
    if (is_cafx)
        shape(gated);
    std::vector<double> out(frame_samples);
    for (int row = 0; row < filters; ++row)
        for (int t = 0; t < frame_samples; ++t)
            for (int k = 0; k < filter_taps; ++k) {
                const int at = t + k - filter_reach;
                if (at >= 0 && at < frame_samples)
                    out[at] += gated[row * frame_samples + t] *
                               static_cast<double>(analysis[row * filter_taps + k]);
            }
    return out;
}

} // namespace random_network
