#include "plugin/editor/spectrum/sensitivity_node.h"

#include "plugin/editor/spectrum/sensitivity_curve.h"
#include "plugin/editor/theme.h"
#include "plugin/parameters/gesture.h"

#include <cmath>
#include <utility>

namespace tonecast::plugin {

namespace {

constexpr float radius = 8.0F;
constexpr float step_db = 0.5F; // of a key; with Shift a fifth of each
constexpr float step_octaves = 1.0F / 12.0F;
constexpr float step_width_octaves = 0.25F; // of the logarithm of the width
constexpr float fine = 0.2F;
constexpr float wheel_octaves = 1.5F; // of the logarithm of the width, for a turn of 1

} // namespace

SensitivityNode::SensitivityNode(Parameters& parameters, std::size_t bell, const PlotScale& scale,
                                 SoloRequest& solo)
    : frequency_hz_(*parameters.getParameter(sensitivity_id(bell, "hz"))),
      gain_db_(*parameters.getParameter(sensitivity_id(bell, "db"))),
      octaves_(*parameters.getParameter(sensitivity_id(bell, "octaves"))), bell_(bell),
      scale_(scale), solo_(solo) {
    setTitle("Sensitivity " + juce::String(bell + 1));
    setHelpText("Arrow keys move it, Page Up and Page Down change its width, Delete takes it back "
                "to 0 dB; Shift for small steps");
    setWantsKeyboardFocus(true);
    setExplicitFocusOrder(static_cast<int>(bell) + 1);
    setMouseCursor(juce::MouseCursor::DraggingHandCursor);
    setSize(size, size);
}

SensitivityNode::~SensitivityNode() {
    let_go();
}

float SensitivityNode::value(const juce::RangedAudioParameter& parameter) const {
    return parameter.convertFrom0to1(parameter.getValue());
}

void SensitivityNode::refresh() {
    setCentrePosition(place().roundToInt());
    setDescription(text());
    setTooltip(text() + "\nDrag: frequency and dB, wheel: width, double click: 0 dB.\n"
                        "With Alt held, hear this band alone.");
}

juce::Point<float> SensitivityNode::place() const {
    return {scale_.x_of(value(frequency_hz_)), scale_.y_of_sensitivity(value(gain_db_))};
}

juce::String SensitivityNode::text() const {
    const float hz = value(frequency_hz_);
    const auto frequency = hz < 1000.0F ? juce::String(juce::roundToInt(hz)) + " Hz"
                                        : juce::String(hz / 1000.0F, 2) + " kHz";
    const float db = value(gain_db_);
    return juce::String(bell_ + 1) + ":  " + frequency + "   " + (db > 0.0F ? "+" : "") +
           juce::String(db, 1) + " dB   " + juce::String(value(octaves_), 2) + " oct";
}

bool SensitivityNode::is_busy() const {
    return is_dragged_ || isMouseOver() || hasKeyboardFocus(false);
}

void SensitivityNode::paint(juce::Graphics& g) {
    const auto circle =
        getLocalBounds().toFloat().withSizeKeepingCentre(2.0F * radius, 2.0F * radius);
    const bool is_flat = std::fabs(value(gain_db_)) < 0.05F;
    g.setColour(is_flat ? Theme::panel : Theme::sensitivity);
    g.fillEllipse(circle);
    g.setColour(is_busy() ? Theme::text : Theme::sensitivity);
    g.drawEllipse(circle.reduced(0.75F), is_busy() ? 2.0F : 1.5F);
    g.setColour(is_flat ? Theme::text : Theme::background);
    g.setFont(Theme::font(12.0F).boldened());
    g.drawText(juce::String(bell_ + 1), circle, juce::Justification::centred);
    if (hasKeyboardFocus(false)) {
        g.setColour(Theme::text);
        g.drawEllipse(getLocalBounds().toFloat().reduced(0.75F), 1.0F);
    }
}

bool SensitivityNode::hitTest(int x, int y) {
    return juce::Point<int>(x, y).toFloat().getDistanceFrom(
               getLocalBounds().toFloat().getCentre()) <= size / 2.0F;
}

void SensitivityNode::mouseDown(const juce::MouseEvent& event) {
    grip_ = event.getEventRelativeTo(getParentComponent()).position - place();
    is_dragged_ = true;
    frequency_hz_.beginChangeGesture();
    gain_db_.beginChangeGesture();
    solo_while_held(event.mods);
}

void SensitivityNode::mouseDrag(const juce::MouseEvent& event) {
    if (!is_dragged_)
        return;
    const auto to = event.getEventRelativeTo(getParentComponent()).position - grip_;
    frequency_hz_.setValueNotifyingHost(frequency_hz_.convertTo0to1(scale_.hz_at(to.x)));
    const auto range = gain_db_.getNormalisableRange();
    gain_db_.setValueNotifyingHost(
        gain_db_.convertTo0to1(juce::jlimit(range.start, range.end, scale_.sensitivity_at(to.y))));
    refresh();
    solo_while_held(event.mods);
}

void SensitivityNode::mouseUp(const juce::MouseEvent&) {
    let_go();
    repaint();
}

void SensitivityNode::let_go() {
    if (!std::exchange(is_dragged_, false))
        return;
    solo_.stop();
    frequency_hz_.endChangeGesture();
    gain_db_.endChangeGesture();
}

void SensitivityNode::solo_while_held(const juce::ModifierKeys& modifiers) {
    if (modifiers.isAltDown())
        solo_.play(value(frequency_hz_), value(octaves_));
    else
        solo_.stop();
}

void SensitivityNode::modifierKeysChanged(const juce::ModifierKeys& modifiers) {
    if (is_dragged_)
        solo_while_held(modifiers);
}

void SensitivityNode::mouseDoubleClick(const juce::MouseEvent&) {
    let_go(); // of the second of the clicks
    turn_to(gain_db_, 0.0F);
    refresh();
}

void SensitivityNode::mouseWheelMove(const juce::MouseEvent&,
                                     const juce::MouseWheelDetails& wheel) {
    widen(wheel_octaves * (wheel.isReversed ? -wheel.deltaY : wheel.deltaY));
}

void SensitivityNode::widen(float octaves) {
    const auto range = octaves_.getNormalisableRange();
    turn_to(octaves_, juce::jlimit(range.start, range.end, value(octaves_) * std::exp2(octaves)));
    refresh();
}

bool SensitivityNode::keyPressed(const juce::KeyPress& key) {
    const float part = key.getModifiers().isShiftDown() ? fine : 1.0F;
    const auto move = [&](juce::RangedAudioParameter& parameter, float to) {
        const auto range = parameter.getNormalisableRange();
        turn_to(parameter, juce::jlimit(range.start, range.end, to));
    };
    const int code = key.getKeyCode();
    const float octaves = part * step_octaves;
    if (code == juce::KeyPress::leftKey)
        move(frequency_hz_, value(frequency_hz_) * std::exp2(-octaves));
    else if (code == juce::KeyPress::rightKey)
        move(frequency_hz_, value(frequency_hz_) * std::exp2(octaves));
    else if (code == juce::KeyPress::upKey)
        move(gain_db_, value(gain_db_) + part * step_db);
    else if (code == juce::KeyPress::downKey)
        move(gain_db_, value(gain_db_) - part * step_db);
    else if (code == juce::KeyPress::pageUpKey)
        widen(part * step_width_octaves);
    else if (code == juce::KeyPress::pageDownKey)
        widen(-part * step_width_octaves);
    else if (code == juce::KeyPress::deleteKey || code == juce::KeyPress::backspaceKey)
        move(gain_db_, 0.0F);
    else
        return false;
    refresh();
    return true;
}

} // namespace tonecast::plugin
