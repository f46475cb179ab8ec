#pragma once

#include "plugin/library/effect_library.h"
#include "plugin/parameters/control_parameter.h"
#include "plugin/parameters/parameters.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <juce_audio_processors/juce_audio_processors.h>
#include <mutex>
#include <optional>
#include <vector>

namespace tonecast::plugin {

/// The controls of an effect that no knob of ours turns, by their indices in the contract. What is
/// over the size of the bank is left out, and stays at its default.
std::vector<std::size_t> banked_controls(const Contract& contract);

/// Parameters without a purpose of their own: the k-th turns the k-th such control of the effect
/// that is chosen. Whenever another one is chosen, they are set to its defaults.
class ControlBank final : private juce::AudioProcessorParameter::Listener {
public:
    static constexpr std::size_t size = 8;

    /// Adds its parameters to the processor. The choice is among these effects and, the last, a
    /// file of the user's.
    ControlBank(juce::AudioProcessor& processor, const Parameters& parameters,
                const std::vector<Effect>& effects);
    ~ControlBank() override;

    // Any thread.

    /// The effect that is chosen, to which the normalized values belong: its index among the
    /// effects, or a higher number for a file of the user's, another one for each file.
    int active_effect_id() const noexcept;

    const ControlParameter& parameter(std::size_t k) const noexcept { return *parameters_[k]; }

    // Any thread but the audio thread.

    /// Another file of the user's. Null where it cannot be read.
    void use_file(const Contract* contract);

    /// What the file holds now, if that has changed; the normalized values stay.
    void describe_file(const Contract& contract);

    /// What the k-th parameter turns.
    std::optional<Control> control(std::size_t k) const;

    /// Counts how often names and ranges have changed.
    int changes() const noexcept { return changes_; }

    /// Writes the normalized values among the settings.
    void keep(juce::ValueTree& settings) const;

    /// As they were kept. Those that were not kept are set to their defaults.
    void restore(const juce::ValueTree& settings);

    // Message thread.
    ControlParameter& parameter(std::size_t k) noexcept { return *parameters_[k]; }

    /// Tells hosts what has changed since.
    void tell_host();

private:
    /// The controls of one effect.
    struct Described {
        std::vector<Control> controls; // with labels that no other parameter has
        std::array<std::atomic<float>, size> normalized_defaults{}; // for the audio thread
    };

    void parameterValueChanged(int, float) override;
    void parameterGestureChanged(int, bool) override {}
    int file_choice() const noexcept { return static_cast<int>(effects_.size()) - 1; }
    const Described& chosen() const noexcept;
    std::vector<Control> controls_of(const Contract& contract) const;
    static void describe(Described& effect, std::vector<Control> controls);
    void begin() noexcept;

    juce::AudioProcessor& processor_;
    juce::AudioParameterChoice& choice_parameter_;
    std::array<ControlParameter*, size> parameters_{}; // the processor owns them
    juce::StringArray taken_names_;

    mutable std::mutex lock_; // for text; never taken in real time
    std::vector<Described> effects_;

    std::atomic<int> choice_{0};
    std::atomic<int> files_{0}; // used so far
    std::atomic<int> changes_{0};
    int told_changes_ = 0;
};

} // namespace tonecast::plugin
