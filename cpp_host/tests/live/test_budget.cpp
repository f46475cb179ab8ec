// An effect that cannot keep up is refused before it is heard, with what would work instead.

#include "engine/error.h"
#include "engine/inference/identity.h"
#include "engine/live/budget.h"
#include "tests/check.h"
#include "tests/engine/streams.h"

#include <chrono>
#include <thread>

using tonecast::check_budget;
using tonecast::Mode;

namespace {

/// Takes a fixed time for each channel of a frame.
class SlowModel : public tonecast::Model {
public:
    explicit SlowModel(std::chrono::milliseconds per_channel) : per_channel_(per_channel) {
        contract_.name = "slow";
        contract_.hop_sizes_samples = {512, 1024, 3072};
        contract_.hop_size_samples = 512;
        contract_.sample_rate_hz = 16000; // hops last 32, 64 and 192 ms, and 70 % of that is usable
    }

    const tonecast::Contract& contract() const noexcept override { return contract_; }

    std::unique_ptr<tonecast::Runner> make_runner() const override {
        return std::make_unique<SlowRunner>(*this);
    }

private:
    class SlowRunner : public tonecast::Runner {
    public:
        explicit SlowRunner(const SlowModel& model)
            : identity_(tonecast::IdentityModel(model.contract_).make_runner()),
              per_channel_(model.per_channel_) {}
        void prepare(int channels) override {
            channels_ = channels;
            identity_->prepare(channels);
        }
        void reset() noexcept override {}
        std::span<float> frame() noexcept override { return identity_->frame(); }
        std::span<float> controls() noexcept override { return {}; }
        std::span<const float> frame_out() const noexcept override {
            return identity_->frame_out();
        }
        bool run() noexcept override {
            std::this_thread::sleep_for(channels_ * per_channel_);
            return identity_->run();
        }

    private:
        std::unique_ptr<tonecast::Runner> identity_;
        std::chrono::milliseconds per_channel_;
        int channels_ = 1;
    };

    tonecast::Contract contract_ = streams::contract();
    std::chrono::milliseconds per_channel_;
};

} // namespace

TEST(model_within_budget_is_accepted) {
    check_budget(tonecast::IdentityModel(streams::contract()), {48000, 2, 0, Mode::worker, 64});
    check_budget(SlowModel(std::chrono::milliseconds(1)), {48000, 1, 3072, Mode::worker, 64});
}

TEST(model_over_budget_is_refused_with_figures_and_working_settings) {
    // Far from both limits: on a busy machine a thread that sleeps wakes late.
    const SlowModel model(std::chrono::milliseconds(80));
    CHECK_THROWS_WITH(check_budget(model, {48000, 1, 0, Mode::worker, 64}),
                      "for a frame of 1 channel here and has 32 ms until the next; choose a hop "
                      "of 3072 samples");
    CHECK_THROWS_WITH(check_budget(model, {48000, 2, 3072, Mode::worker, 64}), "play one channel");
    CHECK_THROWS_WITH(check_budget(model, {48000, 1, 3072, Mode::inline_, 64}),
                      "has 1.3 ms until the next; play it with a worker");
    CHECK_THROWS_WITH(
        check_budget(SlowModel(std::chrono::milliseconds(200)), {48000, 1, 3072, Mode::worker, 64}),
        "play it offline");
}
