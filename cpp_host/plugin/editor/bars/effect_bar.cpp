#include "plugin/editor/bars/effect_bar.h"

#include "plugin/library/user_folder.h"

namespace tonecast::plugin {

namespace {

/// The effects by their labels, then the user's file: in the order of the parameter's choices.
juce::ComboBox& filled(juce::ComboBox& box) {
    int id = 1;
    for (const Effect& effect : EffectLibrary::shared().effects())
        box.addItem(juce::String(effect.files.begin()->second.contract.label), id++);
    box.addItem("File of your own", id);
    return box;
}

} // namespace

EffectBar::EffectBar(PluginProcessor& processor)
    : processor_(processor),
      effect_attachment_(processor.parameters(), effect_id, filled(effects_)),
      automatic_attachment_(processor.parameters(), automatic_id, automatic_),
      delta_attachment_(processor.parameters(), "delta", delta_),
      limiter_attachment_(processor.parameters(), "limiter", limiter_),
      bypass_attachment_(processor.parameters(), bypass_id, bypass_) {
    effects_.setTitle("Effect");
    open_.setTooltip("Play an effect file or a capture of your own: .onnx, .nam, AIDA-X, Proteus");
    cabinet_.setTooltip("Play through a loudspeaker, by its impulse response");
    card_.setTooltip("What the effect is, and where it comes from");
    automatic_.setTooltip("Let a predictor set the attenuation, after what it hears");
    delta_.setTooltip("Hear what the effect takes away");
    limiter_.setTooltip("Let no sample be louder than the ceiling, whatever the effect gives");
    bypass_.setTooltip("Hear the sound as it comes in, equally late");
    open_.onClick = [this] { choose_file(); };
    cabinet_.onClick = [this] { change_cabinet(); };
    card_.onClick = [this] { on_card(card_.getToggleState()); };
    for (auto* button : {&card_, &automatic_, &delta_, &limiter_, &bypass_})
        button->setClickingTogglesState(true);
    for (juce::Component* part : std::initializer_list<juce::Component*>{
             &effects_, &open_, &cabinet_, &card_, &automatic_, &delta_, &limiter_, &bypass_})
        addAndMakeVisible(part);
}

void EffectBar::refresh(bool effect_has_delta, bool can_be_automatic) {
    automatic_.setEnabled(can_be_automatic || automatic_.getToggleState());
    delta_.setEnabled(effect_has_delta);
    cabinet_.setToggleState(!processor_.effect_host().cabinet().empty(),
                            juce::dontSendNotification);
    const auto file = processor_.effect_host().file();
    const int last = effects_.getNumItems();
    const bool shown = effects_.getSelectedId() == last;
    effects_.changeItemText(last, file.empty() ? juce::String("File of your own")
                                               : juce::String(file.filename().string()));
    if (shown) // or the box keeps the text that it was chosen by
        effects_.setSelectedId(last, juce::dontSendNotification);
}

void EffectBar::choose_file() {
    const auto own = own_effect_files();
    if (own.empty())
        return open_file();
    juce::PopupMenu menu;
    menu.addSectionHeader("Your effects");
    for (const auto& path : own) {
        const juce::File file(juce::String(path.string()));
        menu.addItem(file.getFileNameWithoutExtension(),
                     [this, file] { processor_.open_file(file); });
    }
    menu.addSeparator();
    menu.addItem("Another file...", [this] { open_file(); });
    menu.showMenuAsync(juce::PopupMenu::Options().withTargetComponent(open_));
}

void EffectBar::open_file() {
    chooser_ = std::make_unique<juce::FileChooser>("An effect to play", juce::File(),
                                                   "*.onnx;*.nam;*.json;*.aidax");
    chooser_->launchAsync(juce::FileBrowserComponent::openMode |
                              juce::FileBrowserComponent::canSelectFiles,
                          [this](const juce::FileChooser& chooser) {
                              if (const auto file = chooser.getResult(); file != juce::File())
                                  processor_.open_file(file);
                          });
}

void EffectBar::change_cabinet() {
    const auto now = processor_.effect_host().cabinet();
    if (now.empty())
        return open_cabinet();
    juce::PopupMenu menu;
    menu.addSectionHeader(juce::String(now.filename().string()));
    menu.addItem("Another one...", [this] { open_cabinet(); });
    menu.addItem("None", [this] { processor_.use_cabinet({}); });
    menu.showMenuAsync(juce::PopupMenu::Options().withTargetComponent(cabinet_));
}

void EffectBar::open_cabinet() {
    chooser_ = std::make_unique<juce::FileChooser>("A cabinet's impulse response", juce::File(),
                                                   "*.wav;*.aif;*.aiff");
    chooser_->launchAsync(juce::FileBrowserComponent::openMode |
                              juce::FileBrowserComponent::canSelectFiles,
                          [this](const juce::FileChooser& chooser) {
                              if (const auto file = chooser.getResult(); file != juce::File())
                                  processor_.use_cabinet(file.getFullPathName().toStdString());
                          });
}

void EffectBar::resized() {
    auto row = getLocalBounds();
    effects_.setBounds(row.removeFromLeft(226));
    row.removeFromLeft(6);
    open_.setBounds(row.removeFromLeft(72));
    row.removeFromLeft(6);
    cabinet_.setBounds(row.removeFromLeft(72));
    row.removeFromLeft(6);
    card_.setBounds(row.removeFromLeft(60));
    row.removeFromLeft(6);
    automatic_.setBounds(row.removeFromLeft(134));
    bypass_.setBounds(row.removeFromRight(76));
    row.removeFromRight(6);
    limiter_.setBounds(row.removeFromRight(76));
    row.removeFromRight(6);
    delta_.setBounds(row.removeFromRight(76));
}

} // namespace tonecast::plugin
