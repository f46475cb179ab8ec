#pragma once

#include <functional>
#include <juce_events/juce_events.h>
#include <memory>
#include <mutex>
#include <utility>

namespace tonecast::plugin {

/// Calls `work` on the message thread, periodically, until it is destroyed. That may happen on any
/// thread, and waits for a call that is under way. juce::Timer alone does not, and LV2 hosts
/// destroy a plugin on a thread of theirs while the plugin's own one runs its timers.
class MessageThreadTimer {
public:
    MessageThreadTimer(int times_a_second, std::function<void()> work)
        : timer_(std::make_shared<Timer>(std::move(work))) {
        timer_->startTimerHz(times_a_second);
    }

    ~MessageThreadTimer() {
        timer_->stopTimer();
        timer_->retire();
        // Its callback may be due at this moment: the message thread frees it, after that.
        juce::MessageManager::callAsync([last = std::move(timer_)] {});
    }

    MessageThreadTimer(const MessageThreadTimer&) = delete;
    MessageThreadTimer& operator=(const MessageThreadTimer&) = delete;

private:
    class Timer final : public juce::Timer {
    public:
        explicit Timer(std::function<void()> work) : work_(std::move(work)) {}

        void retire() {
            const std::lock_guard lock(working_);
            retired_ = true;
        }

    private:
        void timerCallback() override {
            const std::lock_guard lock(working_);
            if (!retired_)
                work_();
        }

        std::function<void()> work_;
        std::recursive_mutex working_; // `work` may destroy the plugin
        bool retired_ = false;
    };

    std::shared_ptr<Timer> timer_;
};

} // namespace tonecast::plugin
