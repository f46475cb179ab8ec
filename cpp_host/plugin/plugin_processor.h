#pragma once

#include "plugin/host/effect_host.h"
#include "plugin/message_thread_timer.h"
#include "plugin/parameters/control_bank.h"
#include "plugin/parameters/parameters.h"
#include "plugin/settings/edit_history.h"
#include "plugin/settings/plugin_state.h"
#include "plugin/settings/presets.h"
#include "plugin/taps.h"

#include <array>
#include <filesystem>
#include <juce_audio_processors/juce_audio_processors.h>
#include <mutex>
#include <string>

namespace tonecast::plugin {

/// JUCE on one side, the engine on the other: passes what a host asks for on to the part that does
/// it.
class PluginProcessor final : public juce::AudioProcessor {
public:
    PluginProcessor();

    // Sound
    void setNonRealtime(bool offline) noexcept override;
    void prepareToPlay(double sample_rate_hz, int max_block_samples) override;
    void processBlock(juce::AudioBuffer<float>& buffer, juce::MidiBuffer&) override;
    void processBlockBypassed(juce::AudioBuffer<float>& buffer, juce::MidiBuffer&) override;
    void reset() override;
    void releaseResources() override;
    bool isBusesLayoutSupported(const BusesLayout& layout) const override;
    double getTailLengthSeconds() const override;

    // State
    void getStateInformation(juce::MemoryBlock& block) override;
    void setStateInformation(const void* data, int size) override;

    // Editor
    bool hasEditor() const override { return true; }
    juce::AudioProcessorEditor* createEditor() override;

    // What hosts ask, and effects without MIDI or programs all answer the same.
    const juce::String getName() const override { return JucePlugin_Name; }
    bool acceptsMidi() const override { return false; }
    bool producesMidi() const override { return false; }
    juce::AudioProcessorParameter* getBypassParameter() const override;
    int getNumPrograms() override { return 1; }
    int getCurrentProgram() override { return 0; }
    void setCurrentProgram(int) override {}
    const juce::String getProgramName(int) override { return "Default"; } // none must be nameless
    void changeProgramName(int, const juce::String&) override {}

    // For the editor, on the message thread.
    Parameters& parameters() noexcept { return parameters_; }
    ControlBank& controls() noexcept { return controls_; }
    EffectHost& effect_host() noexcept { return effect_host_; }
    EditHistory& history() noexcept { return history_; }
    Presets& presets() noexcept { return presets_; }
    Taps& taps() noexcept { return taps_; }

    /// What is wrong, for users to read; empty where nothing is.
    std::string problem() const;

    // What follows is each a step of the history, as gestures of parameters are.

    /// Opens a file of the user's, and chooses it.
    void open_file(const juce::File& file);

    /// An empty path takes the cabinet away.
    void use_cabinet(const std::filesystem::path& path);

    /// Throws Error where the effect that it is for is not here.
    void use_preset(const Preset& preset);
    void use_defaults();

    /// Swaps all settings with those kept aside; at first both sides are the same.
    void swap_ab();
    bool on_side_b() const noexcept { return on_side_b_; }

    /// Keeps the settings of this side for the other one, too.
    void copy_to_other_side();

    juce::Point<int> editor_size{0, 0}; // as it was left

private:
    static constexpr std::size_t max_channels = 2;

    void on_timer();
    void play(juce::AudioBuffer<float>& buffer, bool bypassed);
    /// Null where its bus is off: effects listen to their input then.
    const float* const* take_sidechain(const juce::AudioBuffer<float>& buffer, int at,
                                       int n) noexcept;
    HostSettings host_settings() const;
    void report_latency();
    void expect_latency(int channels);
    const juce::StringArray& effect_choices() const;
    juce::ValueTree settings();
    void restore(const juce::ValueTree& settings);
    EditHistory::Settings all_settings() const;
    void change_settings(const EditHistory::Settings& from, const EditHistory::Settings& to);

    EffectLibrary& library_;
    Parameters parameters_;
    ControlBank controls_;
    EffectHost effect_host_;
    Presets presets_;
    EditHistory history_;
    Taps taps_;

    // A copy: in stereo of mono it lies where the second channel comes out.
    std::array<std::array<float, Taps::slice_samples>, max_channels> sidechain_slice_{};
    std::array<const float*, max_channels> sidechain_{};

    mutable std::mutex state_lock_;
    std::string state_problem_;
    juce::ValueTree other_side_;
    bool on_side_b_ = false;

    PluginProcessor& self_ = *this; // for what hosts make happen in a const member

    MessageThreadTimer timer_; // the last: it uses all of the above

    JUCE_DECLARE_NON_COPYABLE_WITH_LEAK_DETECTOR(PluginProcessor)
};

} // namespace tonecast::plugin
