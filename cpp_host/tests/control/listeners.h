#pragma once

#include "engine/inference/model.h"
#include "tests/engine/streams.h"

#include <atomic>
#include <cmath>
#include <functional>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

/// A predictor and an effect by which the way from the one to the other can be watched.
namespace listeners {

inline tonecast::Contract predictor_contract(int sample_rate_hz, int window_samples,
                                             double period_s, double smoothing_s) {
    tonecast::Contract made;
    made.kind = tonecast::Kind::predictor;
    made.name = "listener";
    made.sample_rate_hz = sample_rate_hz;
    made.window_samples = window_samples;
    made.period_s = period_s;
    made.smoothing_s = smoothing_s;
    return made;
}

/// Predicts what `value` makes of its k-th window, [2 × window_samples].
class Listener : public tonecast::Model {
public:
    using Value = std::function<float(std::span<const float> window, int k)>;

    Listener(tonecast::Contract contract, Value value)
        : contract_(std::move(contract)), value_(std::move(value)),
          runs_(std::make_shared<std::atomic<int>>(0)) {}

    const tonecast::Contract& contract() const noexcept override { return contract_; }

    std::unique_ptr<tonecast::Runner> make_runner() const override {
        return std::make_unique<ListenerRunner>(*this);
    }

private:
    class ListenerRunner : public tonecast::Runner {
    public:
        explicit ListenerRunner(const Listener& model)
            : window_samples_(static_cast<std::size_t>(model.contract_.window_samples)),
              predict_(model.value_), runs_(model.runs_) {}
        void prepare(int channels) override {
            window_.assign(static_cast<std::size_t>(channels) * window_samples_, 0.0F);
        }
        void reset() noexcept override {}
        std::span<float> frame() noexcept override { return window_; }
        std::span<float> controls() noexcept override { return {}; }
        std::span<const float> frame_out() const noexcept override { return {&value_, 1}; }
        bool run() noexcept override {
            value_ = predict_(window_, runs_->fetch_add(1));
            return true;
        }

    private:
        std::size_t window_samples_;
        Value predict_;
        std::shared_ptr<std::atomic<int>> runs_;
        std::vector<float> window_;
        float value_ = 0.0F;
    };

    tonecast::Contract contract_;
    Value value_;
    std::shared_ptr<std::atomic<int>> runs_;
};

/// How loud the window is, the left channel counting twice; depends on every sample.
inline float loudness(std::span<const float> window, int /*k*/) {
    double sum = 0.0;
    for (std::size_t i = 0; i < window.size(); ++i)
        sum += std::fabs(window[i]) * (i < window.size() / 2 ? 2.0 : 1.0);
    return static_cast<float>(sum / static_cast<double>(window.size()));
}

/// Puts out what its only control, from 0 to 1 and by default 0.5, stands at: the sound is the
/// curve of the control. Frames follow each other without overlap.
class Gauge : public tonecast::Model {
public:
    explicit Gauge(int sample_rate_hz, int frame_size) {
        contract_.name = "gauge";
        contract_.sample_rate_hz = sample_rate_hz;
        contract_.frame_size_samples = contract_.hop_size_samples = frame_size;
        contract_.hop_sizes_samples = {frame_size};
        contract_.controls = {
            {"level", "Level", "", tonecast::Scale::linear, 0.0F, 1.0F, 0.5F, "listener"}};
    }

    const tonecast::Contract& contract() const noexcept override { return contract_; }

    std::unique_ptr<tonecast::Runner> make_runner() const override {
        return std::make_unique<GaugeRunner>(contract_);
    }

private:
    class GaugeRunner : public tonecast::Runner {
    public:
        explicit GaugeRunner(const tonecast::Contract& contract)
            : frame_size_(static_cast<std::size_t>(contract.frame_size_samples)) {}
        void prepare(int channels) override {
            frame_.assign(static_cast<std::size_t>(channels) * frame_size_, 0.0F);
            out_ = frame_;
        }
        void reset() noexcept override {}
        std::span<float> frame() noexcept override { return frame_; }
        std::span<float> controls() noexcept override { return {&level_, 1}; }
        std::span<const float> frame_out() const noexcept override { return out_; }
        bool run() noexcept override {
            std::fill(out_.begin(), out_.end(), level_);
            return true;
        }

    private:
        std::size_t frame_size_;
        float level_ = 0.0F;
        std::vector<float> frame_;
        std::vector<float> out_;
    };

    tonecast::Contract contract_;
};

/// A gauge whose level `listener` moves.
inline std::unique_ptr<tonecast::Engine> gauge_engine(const tonecast::PlaySettings& settings,
                                                      std::shared_ptr<const Listener> listener,
                                                      int model_rate_hz = 8000,
                                                      int frame_size = 100) {
    auto engine =
        std::make_unique<tonecast::Engine>(std::make_shared<Gauge>(model_rate_hz, frame_size));
    engine->attach(0, std::move(listener));
    engine->set_automatic(0, true);
    engine->prepare(settings);
    return engine;
}

struct Rates {
    int host_hz;
    int predictor_hz;
    int model_hz;
};
inline constexpr Rates rates[] = {{8000, 8000, 8000},    {44100, 22050, 44100},
                                  {48000, 22050, 48000}, {96000, 22050, 48000},
                                  {8000, 22050, 44100},  {22050, 16000, 44100}};

/// Looks at a tenth of a second twenty times a second.
inline std::shared_ptr<const Listener> quick_listener(int rate_hz, double smoothing_s = 0.1,
                                                      Listener::Value value = loudness) {
    return std::make_shared<Listener>(predictor_contract(rate_hz, rate_hz / 10, 0.05, smoothing_s),
                                      std::move(value));
}

inline bool operator==(const tonecast::AutomationPoint& a, const tonecast::AutomationPoint& b) {
    return a.time_s == b.time_s && a.predicted == b.predicted && a.applied == b.applied;
}

inline bool same(const std::vector<tonecast::AutomationPoint>& a,
                 const std::vector<tonecast::AutomationPoint>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const auto& x, const auto& y) { return x == y; });
}

/// Blocks until the predictor is through with all windows.
inline void settle_predictions(const tonecast::Engine& engine) {
    while (engine.counters().completed_predictions < engine.counters().predictions)
        std::this_thread::yield();
}

/// Blocks until the frames are through, too.
inline void settle(const tonecast::Engine& engine) {
    settle_predictions(engine);
    while (engine.counters().completed_frames < engine.counters().frames)
        std::this_thread::yield();
}

} // namespace listeners
