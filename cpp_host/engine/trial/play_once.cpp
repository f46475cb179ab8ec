#include "engine/trial/play_once.h"

#include "engine/engine.h"

#include <algorithm>
#include <random>
#include <span>
#include <vector>

namespace tonecast {

namespace {

constexpr int usual_channels = 2;
constexpr int block_samples = 480;
constexpr int windows = 4; // that a predictor listens to

void fill_with_noise(std::span<float> samples, std::mt19937& random) {
    for (float& sample : samples)
        sample = static_cast<float>(random()) / 2147483648.0F - 1.0F;
}

void set_controls(Engine& engine, int turn) {
    const auto& controls = engine.contract().controls;
    for (std::size_t i = 0; i < controls.size(); ++i) {
        const Control& control = controls[i];
        const float values[] = {control.default_value, control.minimum, control.maximum};
        engine.control(i).set(values[(static_cast<std::size_t>(turn) + i) % std::size(values)]);
    }
}

void play_effect(const std::shared_ptr<const Model>& model, int sample_rate_hz, int samples) {
    Engine engine(model);
    const int channels = model->contract().channels.value_or(usual_channels);
    engine.prepare({.sample_rate_hz = sample_rate_hz, .channels = channels});
    std::mt19937 random(1);
    std::vector<std::vector<float>> sound(static_cast<std::size_t>(channels),
                                          std::vector<float>(block_samples));
    std::vector<float*> pointers;
    for (auto& channel : sound)
        pointers.push_back(channel.data());
    for (int at = 0, turn = 0; at < samples; at += block_samples, ++turn) {
        for (auto& channel : sound) {
            std::ranges::fill(channel, 0.0F);
            if (at < samples / 2)
                fill_with_noise(channel, random);
        }
        set_controls(engine, turn);
        engine.process(pointers.data(), pointers.data(), block_samples);
    }
}

void play_predictor(const Model& model) {
    std::mt19937 random(1);
    const auto runner = model.make_runner();
    runner->prepare(predictor_channels);
    for (int window = 0; window < windows; ++window) {
        fill_with_noise(runner->frame(), random);
        runner->run();
    }
}

} // namespace

void play_once(const std::shared_ptr<const Model>& model, int sample_rate_hz, int samples) {
    if (model->contract().kind == Kind::predictor)
        play_predictor(*model);
    else
        play_effect(model, sample_rate_hz, samples);
}

} // namespace tonecast
