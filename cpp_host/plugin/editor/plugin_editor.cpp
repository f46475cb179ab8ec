#include "plugin/editor/plugin_editor.h"

#include <algorithm>
#include <array>

namespace tonecast::plugin {

namespace {

constexpr int frames_per_s = 30;
constexpr double smallest = 0.7; // of the laid-out size
constexpr double largest = 3.0;

// The first four belong to the resonance equalizer; where an effect has none of them, the next four
// stand in their place, of the chain around a capture. The last four belong to any effect.
constexpr std::array knob_ids{"attenuation", "attack_ms",     "release_ms",     "width_octaves",
                              "gate_db",     "bass_db",       "middle_db",      "treble_db",
                              "mix",         "input_gain_db", "output_gain_db", "ceiling_db"};
constexpr std::size_t knobs_of_effect = 4;
constexpr std::size_t knobs_in_a_row = 8;

constexpr std::array equalizer_knob_ids{"low_hz",         "high_hz",      "sensitivity_tilt_db",
                                        "detail_octaves", "threshold_db", "hardness",
                                        "max_cut_db",     "link"};

bool has_control(const Effect* effect, const juce::String& name) {
    if (effect == nullptr)
        return false;
    const auto& controls = effect->files.begin()->second.contract.controls;
    const auto control = std::ranges::find(controls, name.toStdString(), &Control::name);
    return control != controls.end() && has_knob(*control);
}

/// Up to where an effect plays, if that is audibly less than the host does; else 0.
int band_hz(const Effect* effect, double host_rate_hz) {
    constexpr int audible_hz = 20000;
    if (effect == nullptr || host_rate_hz <= 0.0)
        return 0;
    const int band = effect->fitting(static_cast<int>(host_rate_hz)).contract.sample_rate_hz / 2;
    return band < audible_hz && 2 * band < host_rate_hz ? band : 0;
}

} // namespace

PluginEditor::PluginEditor(PluginProcessor& plugin)
    : AudioProcessorEditor(plugin), plugin_(plugin),
      last_time_ms_(juce::Time::getMillisecondCounterHiRes()), effect_bar_(plugin),
      preset_bar_(plugin), spectrum_(plugin.parameters(), analyser_, plugin.effect_host().solo()) {
    setLookAndFeel(&theme_);
    setWantsKeyboardFocus(true);
    for (const char* id : knob_ids)
        knobs_.push_back(std::make_unique<Knob>(*plugin.parameters().getParameter(id)));
    for (const char* id : equalizer_knob_ids)
        equalizer_knobs_.push_back(std::make_unique<Knob>(*plugin.parameters().getParameter(id)));
    preset_bar_.on_problem = [this](const juce::String& problem) { preset_problem_ = problem; };
    effect_bar_.on_card = [this](bool on) { card_.setVisible(on); };

    addAndMakeVisible(page_);
    for (juce::Component* part : std::initializer_list<juce::Component*>{
             &effect_bar_, &preset_bar_, &spectrum_, &history_, &meters_, &status_})
        page_.addAndMakeVisible(part);
    for (Knobs* knobs : {&knobs_, &equalizer_knobs_})
        for (auto& knob : *knobs)
            page_.addAndMakeVisible(*knob);
    page_.addChildComponent(card_);
    show_controls();

    const auto left = plugin_.editor_size; // before limits make it the smallest
    setResizable(true, true);
    setResizeLimits(static_cast<int>(width * smallest), static_cast<int>(height * smallest),
                    static_cast<int>(width * largest), static_cast<int>(height * largest));
    getConstrainer()->setFixedAspectRatio(static_cast<double>(width) / height);
    if (left.x > 0) // sessions may have been saved when it had another shape
        setSize(left.x, left.x * height / width);
    else
        setSize(width, height);

    plugin_.taps().watch(true);
    show_effect();
    startTimerHz(frames_per_s);
}

PluginEditor::~PluginEditor() {
    stopTimer();
    plugin_.taps().watch(false);
    plugin_.effect_host().solo().stop();
    setLookAndFeel(nullptr);
}

void PluginEditor::paint(juce::Graphics& g) {
    g.fillAll(Theme::background);
}

void PluginEditor::resized() {
    page_.setTransform(juce::AffineTransform::scale(std::min(
        static_cast<float>(getWidth()) / width, static_cast<float>(getHeight()) / height)));
    plugin_.editor_size = {getWidth(), getHeight()};
}

bool PluginEditor::isInterestedInFileDrag(const juce::StringArray& files) {
    return files.size() == 1 &&
           juce::File(files[0]).hasFileExtension("onnx;nam;json;aidax;wav;aif;aiff");
}

void PluginEditor::filesDropped(const juce::StringArray& files, int, int) {
    const juce::File file(files[0]);
    if (file.hasFileExtension("wav;aif;aiff"))
        plugin_.use_cabinet(file.getFullPathName().toStdString());
    else
        plugin_.open_file(file);
}

bool PluginEditor::keyPressed(const juce::KeyPress& key) {
    using juce::KeyPress;
    using juce::ModifierKeys;
    constexpr int control = ModifierKeys::commandModifier;
    if (key == KeyPress('z', control, 0))
        plugin_.history().undo();
    else if (key == KeyPress('z', control | ModifierKeys::shiftModifier, 0) ||
             key == KeyPress('y', control, 0))
        plugin_.history().redo();
    else
        return false;
    return true;
}

void PluginEditor::lay_out_row(const Knobs& knobs, juce::Rectangle<int> row) {
    const int knob_width = row.getWidth() / static_cast<int>(knobs_in_a_row);
    for (const auto& knob : knobs)
        if (knob->isVisible())
            knob->setBounds(row.removeFromLeft(knob_width).reduced(2, 2));
}

void PluginEditor::lay_out() {
    page_.setBounds(0, 0, width, height);
    auto area = page_.getLocalBounds().reduced(12);
    effect_bar_.setBounds(area.removeFromTop(32));
    area.removeFromTop(6);
    preset_bar_.setBounds(area.removeFromTop(28));
    area.removeFromTop(8);
    status_.setBounds(area.removeFromBottom(22));
    area.removeFromBottom(4);
    auto controls = area.removeFromBottom(112);
    area.removeFromBottom(8);
    for (const Knobs* knobs : {&equalizer_knobs_, &banked_knobs_}) {
        if (knobs->empty() || !knobs->front()->isVisible())
            continue;
        lay_out_row(*knobs, area.removeFromBottom(94));
        area.removeFromBottom(8);
    }
    meters_.setBounds(area.removeFromRight(84));
    area.removeFromRight(8);
    spectrum_.setBounds(area);
    card_.setBounds(area);
    history_.setBounds(controls.removeFromRight(300));
    controls.removeFromRight(8);
    lay_out_row(knobs_, controls);
}

void PluginEditor::show_effect() {
    shown_ = plugin_.effect_host().effect();
    const bool is_equalizer = has_control(shown_.get(), knob_ids[0]);
    for (std::size_t i = 0; i < knobs_of_effect; ++i) {
        knobs_[i]->setEnabled(has_control(shown_.get(), knob_ids[i]));
        knobs_[i]->setVisible(is_equalizer);
        knobs_[knobs_of_effect + i]->setVisible(!is_equalizer);
    }
    const bool has_range =
        has_control(shown_.get(), "low_hz") && has_control(shown_.get(), "high_hz");
    for (std::size_t i = 0; i < equalizer_knobs_.size(); ++i) {
        equalizer_knobs_[i]->setEnabled(has_control(shown_.get(), equalizer_knob_ids[i]));
        equalizer_knobs_[i]->setVisible(has_range);
    }
    lay_out();
    spectrum_.show(has_range, has_control(shown_.get(), "sensitivity_1_db"));
    const double rate_hz = plugin_.getSampleRate();
    card_.show(shown_.get(), rate_hz > 0.0 ? static_cast<int>(rate_hz) : 48000);
}

void PluginEditor::show_controls() {
    ControlBank& bank = plugin_.controls();
    shown_controls_ = bank.changes();
    banked_knobs_.clear();
    for (std::size_t k = 0; k < ControlBank::size; ++k)
        if (bank.control(k)) {
            ControlParameter& parameter = bank.parameter(k);
            const auto text = [&parameter](double normalized_value) {
                return parameter.short_text(static_cast<float>(normalized_value));
            };
            banked_knobs_.push_back(std::make_unique<Knob>(parameter, text));
            page_.addAndMakeVisible(*banked_knobs_.back());
        }
    card_.toFront(false);
    lay_out();
}

void PluginEditor::timerCallback() {
    const double now_ms = juce::Time::getMillisecondCounterHiRes();
    const double elapsed_s = (now_ms - std::exchange(last_time_ms_, now_ms)) / 1000.0;
    EffectHost& effect_host = plugin_.effect_host();
    if (effect_host.effect() != shown_)
        show_effect();
    if (plugin_.controls().changes() != shown_controls_)
        show_controls();
    effect_bar_.refresh(has_control(shown_.get(), "delta"), effect_host.can_be_automatic());
    preset_bar_.refresh();

    analyser_.update(plugin_.taps(), static_cast<int>(plugin_.getSampleRate()),
                     effect_host.latency_samples(), elapsed_s);
    meters_.add(plugin_.taps().take_input_peak(), plugin_.taps().take_output_peak(), elapsed_s);
    HistoryView::Moment moment;
    if (has_control(shown_.get(), "attenuation"))
        moment.applied = plugin_.parameters().getRawParameterValue("attenuation")->load();
    if (const auto point = effect_host.last_automation_point()) {
        moment.predicted = point->predicted;
        moment.applied = point->applied;
    }
    moment.change_db = analyser_.mean_change_db();
    history_.add(moment, elapsed_s);

    const Counters counters = effect_host.counters();
    status_.show({plugin_.getSampleRate(), effect_host.latency_samples(), counters.late_frames,
                  counters.bad_frames, counters.held_frames, counters.limited_samples,
                  band_hz(shown_.get(), plugin_.getSampleRate()), plugin_.isNonRealtime(),
                  problem()});
    spectrum_.refresh();
    history_.repaint();
    meters_.repaint();
}

/// What the user has just tried comes before what was wrong anyway.
juce::String PluginEditor::problem() const {
    return preset_problem_.isNotEmpty() ? preset_problem_ : juce::String(plugin_.problem());
}

} // namespace tonecast::plugin
