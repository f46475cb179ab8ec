#pragma once

#include "plugin/plugin_processor.h"

#include <functional>
#include <juce_gui_basics/juce_gui_basics.h>
#include <memory>

namespace tonecast::plugin {

/// What plays: the effect and its card, a file of one's own, the cabinet; and what is heard of it.
class EffectBar final : public juce::Component {
public:
    explicit EffectBar(PluginProcessor& processor);

    std::function<void(bool)> on_card; // to be shown, or hidden again

    /// Follows what hosts and sessions change.
    void refresh(bool effect_has_delta, bool can_be_automatic);

    void resized() override;

private:
    void choose_file();
    void open_file();
    void change_cabinet();
    void open_cabinet();

    PluginProcessor& processor_;
    juce::ComboBox effects_;
    juce::TextButton open_{"Open..."};
    juce::TextButton card_{"Card"};
    juce::TextButton cabinet_{"Cabinet"};
    juce::TextButton automatic_{"Auto attenuation"};
    juce::TextButton delta_{"Delta"};
    juce::TextButton limiter_{"Limiter"};
    juce::TextButton bypass_{"Bypass"};
    Parameters::ComboBoxAttachment effect_attachment_;
    Parameters::ButtonAttachment automatic_attachment_;
    Parameters::ButtonAttachment delta_attachment_;
    Parameters::ButtonAttachment limiter_attachment_;
    Parameters::ButtonAttachment bypass_attachment_;
    std::unique_ptr<juce::FileChooser> chooser_;
};

} // namespace tonecast::plugin
