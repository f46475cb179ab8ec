#include "engine/live/budget.h"

#include "engine/error.h"
#include "engine/filter/filter_runner.h"
#include "engine/message.h"
#include "engine/signal/flush_denormals.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace tonecast {

namespace {

// The rest is for the audio thread, the system, and frames that take longer than the median.
constexpr double usable_fraction = 0.7;

/// What a frame may take. Inline, all frames that end within a block are run in its callback.
double available_us(const Contract& contract, const PlaySettings& settings, int hop) {
    const double hop_us = 1e6 * hop / contract.sample_rate_hz;
    if (settings.mode == Mode::worker)
        return hop_us;
    const double block_us = 1e6 * settings.max_block_samples / settings.sample_rate_hz;
    return std::min(hop_us, block_us);
}

/// Settings that would work instead, as the end of a message.
std::string alternatives(const Model& model, const PlaySettings& settings, int hop,
                         double frame_us) {
    const Contract& contract = model.contract();
    const auto fits = [&](const PlaySettings& other, int other_hop, double us) {
        return us <= usable_fraction * available_us(contract, other, other_hop);
    };
    std::vector<std::string> choices;
    PlaySettings with_worker = settings;
    with_worker.mode = Mode::worker;
    if (settings.mode == Mode::inline_ && fits(with_worker, hop, frame_us))
        choices.emplace_back("play it with a worker");
    std::vector<int> hops = contract.hop_sizes_samples;
    std::ranges::sort(hops);
    const auto larger = std::ranges::find_if(
        hops, [&](int other) { return other > hop && fits(settings, other, frame_us); });
    if (larger != hops.end())
        choices.push_back("choose a hop of " + std::to_string(*larger) + " samples");
    if (!contract.channels && settings.channels > 1 &&
        fits(settings, hop, measure_frame_us(model, 1)))
        choices.emplace_back("play one channel");
    if (choices.empty())
        return "play it offline";
    std::string message = choices.front();
    for (std::size_t i = 1; i < choices.size(); ++i)
        message += (i + 1 == choices.size() ? " or " : ", ") + choices[i];
    return message;
}

/// With what is made of a filter effect's curves, at its own rate.
std::unique_ptr<Runner> make_runner(const Model& model) {
    const Contract& contract = model.contract();
    if (contract.form != Form::filter)
        return model.make_runner();
    return std::make_unique<FilterRunner>(model.make_runner(), contract, contract.sample_rate_hz);
}

} // namespace

double measure_frame_us(const Model& model, int channels) {
    using namespace std::chrono;
    const auto runner = make_runner(model);
    runner->prepare(channels);
    std::mt19937 random(1);
    for (float& sample : runner->frame()) // noise: silence may be quicker than sound
        sample = static_cast<float>(random()) / 4294967296.0F - 0.5F;
    const FlushDenormals while_measuring;
    std::array<double, 9> took_us{};
    runner->run(); // the first one warms caches
    for (double& us : took_us) {
        const auto start = steady_clock::now();
        runner->run();
        us = duration<double, std::micro>(steady_clock::now() - start).count();
    }
    std::ranges::nth_element(took_us, took_us.begin() + took_us.size() / 2);
    return took_us[took_us.size() / 2];
}

void check_budget(const Model& model, const PlaySettings& settings) {
    const Contract& contract = model.contract();
    const int hop =
        settings.hop_size_samples > 0 ? settings.hop_size_samples : contract.hop_size_samples;
    const double frame_us = measure_frame_us(model, settings.channels);
    const double limit_us = available_us(contract, settings, hop);
    if (frame_us <= usable_fraction * limit_us)
        return;
    throw Error(contract.name + " takes " + milliseconds(frame_us) + " for a frame of " +
                std::to_string(settings.channels) +
                (settings.channels == 1 ? " channel" : " channels") + " here and has " +
                milliseconds(limit_us) + " until the next; " +
                alternatives(model, settings, hop, frame_us));
}

void check_prediction_budget(const Model& predictor, const PlaySettings& settings) {
    const Contract& contract = predictor.contract();
    const double window_us = measure_frame_us(predictor, predictor_channels);
    const double period_us = 1e6 * contract.period_s;
    const double block_us = 1e6 * settings.max_block_samples / settings.sample_rate_hz;
    const bool worker = settings.mode == Mode::worker;
    const double limit_us = worker ? period_us : std::min(period_us, block_us);
    if (window_us <= usable_fraction * limit_us)
        return;
    const bool worker_helps = !worker && window_us <= usable_fraction * period_us;
    throw Error(contract.name + " takes " + milliseconds(window_us) +
                " for a prediction here and has " + milliseconds(limit_us) + "; " +
                (worker_helps ? "play it with a worker" : "choose a smaller predictor") +
                ", or set the control to a number");
}

} // namespace tonecast
