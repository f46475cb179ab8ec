#include "plugin/editor/theme.h"

namespace tonecast::plugin {

Theme::Theme() {
    setColour(juce::ResizableWindow::backgroundColourId, background);
    setColour(juce::Label::textColourId, text);
    setColour(juce::Slider::rotarySliderFillColourId, removed);
    setColour(juce::Slider::rotarySliderOutlineColourId, line);
    setColour(juce::Slider::textBoxTextColourId, text);
    setColour(juce::Slider::textBoxOutlineColourId, juce::Colours::transparentBlack);
    setColour(juce::Slider::textBoxHighlightColourId, line);
    setColour(juce::TextButton::buttonColourId, panel);
    setColour(juce::TextButton::buttonOnColourId, removed);
    setColour(juce::TextButton::textColourOffId, text);
    setColour(juce::TextButton::textColourOnId, background);
    setColour(juce::ComboBox::backgroundColourId, panel);
    setColour(juce::ComboBox::textColourId, text);
    setColour(juce::ComboBox::outlineColourId, line);
    setColour(juce::ComboBox::arrowColourId, faint_text);
    setColour(juce::PopupMenu::backgroundColourId, panel);
    setColour(juce::PopupMenu::textColourId, text);
    setColour(juce::PopupMenu::highlightedBackgroundColourId, line);
    setColour(juce::PopupMenu::highlightedTextColourId, text);
}

void Theme::drawRotarySlider(juce::Graphics& g, int x, int y, int width, int height, float position,
                             float start_angle, float end_angle, juce::Slider& slider) {
    const auto area = juce::Rectangle<int>(x, y, width, height).toFloat().reduced(4.0F);
    const float radius = std::min(area.getWidth(), area.getHeight()) / 2.0F;
    const auto centre = area.getCentre();
    const float angle = start_angle + position * (end_angle - start_angle);
    const juce::PathStrokeType stroke(3.5F, juce::PathStrokeType::curved,
                                      juce::PathStrokeType::rounded);
    const auto arc = [&](float from, float to, juce::Colour colour) {
        juce::Path path;
        path.addCentredArc(centre.x, centre.y, radius, radius, 0.0F, from, to, true);
        g.setColour(colour);
        g.strokePath(path, stroke);
    };
    // Gains are drawn from their middle.
    const bool two_sided = slider.getMinimum() < 0.0 && slider.getMaximum() > 0.0;
    const float from = two_sided ? (start_angle + end_angle) / 2.0F : start_angle;
    const float alpha = slider.isEnabled() ? 1.0F : 0.35F;
    arc(start_angle, end_angle, line);
    arc(std::min(from, angle), std::max(from, angle), removed.withAlpha(alpha));
    g.setColour(text.withAlpha(alpha));
    g.drawLine({centre.getPointOnCircumference(radius * 0.35F, angle),
                centre.getPointOnCircumference(radius * 0.75F, angle)},
               2.0F);
}

void Theme::drawButtonBackground(juce::Graphics& g, juce::Button& button, const juce::Colour& fill,
                                 bool over, bool down) {
    const auto area = button.getLocalBounds().toFloat().reduced(0.5F);
    g.setColour(down || over ? fill.brighter(0.15F) : fill);
    g.fillRoundedRectangle(area, 4.0F);
    g.setColour(line);
    g.drawRoundedRectangle(area, 4.0F, 1.0F);
}

} // namespace tonecast::plugin
