#include "plugin/settings/edit_history.h"

#include <utility>

namespace tonecast::plugin {

EditHistory::EditHistory(juce::AudioProcessor& processor,
                         const juce::AudioProcessorParameter& effect, Access access,
                         std::function<double()> clock_s)
    : processor_(processor), effect_index_(effect.getParameterIndex()), access_(std::move(access)),
      clock_s_(std::move(clock_s)) {
    processor_.addListener(this);
}

EditHistory::~EditHistory() {
    processor_.removeListener(this);
}

void EditHistory::edit(const std::function<void()>& work) {
    Step step{access_.now(), {}, {}, clock_s_()};
    {
        const juce::ScopedValueSetter<bool> while_it_works(changing_, true);
        work();
    }
    step.after = access_.now();
    record(std::move(step));
}

void EditHistory::audioProcessorParameterChangeGestureBegin(juce::AudioProcessor*, int index) {
    if (changing_)
        return;
    if (open_.empty()) {
        before_ = access_.now();
        touched_.clear();
    }
    open_.insert(index);
    touched_.insert(index);
}

void EditHistory::audioProcessorParameterChangeGestureEnd(juce::AudioProcessor*, int index) {
    if (open_.erase(index) == 0 || !open_.empty())
        return;
    Step step{std::move(before_), access_.now(), std::move(touched_), clock_s_()};
    if (step.touched.contains(effect_index_)) {
        step.touched.clear();
    } else {
        // What else has moved in the meantime was automated.
        auto& after = step.after.values;
        for (std::size_t i = 0; i < after.size(); ++i)
            if (!step.touched.contains(static_cast<int>(i)))
                after[i] = step.before.values[i];
    }
    record(std::move(step));
}

void EditHistory::record(Step step) {
    if (step.after == step.before)
        return;
    const std::lock_guard lock(lock_);
    const bool is_last = done_ == steps_.size();
    steps_.resize(done_);
    Step* last = steps_.empty() || !is_last ? nullptr : &steps_.back();
    if (last != nullptr && !step.touched.empty() && last->touched == step.touched &&
        step.time_s - last->time_s < max_pause_s) {
        last->after = std::move(step.after); // a wheel that is turned notch by notch
        last->time_s = step.time_s;
        return;
    }
    if (steps_.size() == max_steps)
        steps_.erase(steps_.begin());
    steps_.push_back(std::move(step));
    done_ = steps_.size();
}

void EditHistory::undo() {
    Step step;
    {
        const std::lock_guard lock(lock_);
        if (done_ == 0)
            return;
        step = steps_[--done_];
    }
    change(step.after, step.before);
}

void EditHistory::redo() {
    Step step;
    {
        const std::lock_guard lock(lock_);
        if (done_ == steps_.size())
            return;
        step = steps_[done_++];
    }
    change(step.before, step.after);
}

void EditHistory::change(const Settings& from, const Settings& to) {
    const juce::ScopedValueSetter<bool> while_it_works(changing_, true);
    access_.change(from, to);
}

bool EditHistory::can_undo() const {
    const std::lock_guard lock(lock_);
    return done_ > 0;
}

bool EditHistory::can_redo() const {
    const std::lock_guard lock(lock_);
    return done_ < steps_.size();
}

void EditHistory::clear() {
    const std::lock_guard lock(lock_);
    steps_.clear();
    done_ = 0;
}

} // namespace tonecast::plugin
