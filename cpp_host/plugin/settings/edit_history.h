#pragma once

#include <filesystem>
#include <functional>
#include <juce_audio_processors/juce_audio_processors.h>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace tonecast::plugin {

/// What a user has changed, step by step, to be taken back and done again: turned knobs, drags,
/// choices, presets, A/B. What hosts automate makes no step, and no step moves what they have.
class EditHistory final : private juce::AudioProcessorListener {
public:
    /// All that a step may change.
    struct Settings {
        std::vector<float> values; // normalized, of all parameters by index
        std::string preset;
        std::filesystem::path file;
        std::filesystem::path cabinet;
        juce::ValueTree other_side; // of A/B; never changed once it is here
        bool on_side_b = false;

        bool operator==(const Settings&) const = default;
    };

    /// Where the settings are, and how they are changed from one to another: of all that is the
    /// same in both, nothing is touched.
    struct Access {
        std::function<Settings()> now;
        std::function<void(const Settings& from, const Settings& to)> change;
    };

    static constexpr std::size_t max_steps = 200;
    static constexpr double max_pause_s = 0.7; // of what is turned in many steps, and is one

    /// A gesture of this parameter may set all others, too. The clock is in s.
    EditHistory(juce::AudioProcessor& processor, const juce::AudioProcessorParameter& effect,
                Access access, std::function<double()> clock_s = now_s);
    ~EditHistory() override;

    // Message thread.

    /// A step that is made in one go.
    void edit(const std::function<void()>& work);

    void undo();
    void redo();

    // Any thread but the audio thread.
    bool can_undo() const;
    bool can_redo() const;

    /// What was, is no more: another session, for example.
    void clear();

private:
    struct Step {
        Settings before;
        Settings after;
        std::set<int> touched; // by a gesture; none: by an edit
        double time_s = 0.0;
    };

    static double now_s() { return 0.001 * juce::Time::getMillisecondCounterHiRes(); }

    void audioProcessorParameterChanged(juce::AudioProcessor*, int, float) override {}
    void audioProcessorChanged(juce::AudioProcessor*, const ChangeDetails&) override {}
    void audioProcessorParameterChangeGestureBegin(juce::AudioProcessor*, int index) override;
    void audioProcessorParameterChangeGestureEnd(juce::AudioProcessor*, int index) override;
    void record(Step step);
    void change(const Settings& from, const Settings& to);

    juce::AudioProcessor& processor_;
    const int effect_index_;
    Access access_;
    std::function<double()> clock_s_;

    // Message thread.
    bool changing_ = false; // by an edit or a step, whose gestures are no gestures of the user's
    std::set<int> open_;    // gestures under way
    std::set<int> touched_; // since the first of them began
    Settings before_;

    mutable std::mutex lock_; // never taken in real time
    std::vector<Step> steps_;
    std::size_t done_ = 0; // so many of them; the others were undone
};

} // namespace tonecast::plugin
