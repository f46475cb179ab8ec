#pragma once

#include <juce_gui_basics/juce_gui_basics.h>

namespace tonecast::plugin {

/// Colours, letters and the drawing of knobs, the same for all parts of the editor.
class Theme final : public juce::LookAndFeel_V4 {
public:
    Theme();

    static inline const juce::Colour background{0xff14171c};
    static inline const juce::Colour panel{0xff1c2027};
    static inline const juce::Colour line{0xff343b46};
    static inline const juce::Colour text{0xffe8ebf0};
    static inline const juce::Colour faint_text{0xff98a2b0};
    static inline const juce::Colour before{0xff7d8897};
    static inline const juce::Colour after{0xff4fc3f7};
    static inline const juce::Colour removed{0xffffb74d};
    static inline const juce::Colour sensitivity{0xffce93d8};
    static inline const juce::Colour warning{0xffff8a65};

    static juce::Font font(float height = 14.0F) { return juce::Font(height); }

    void drawRotarySlider(juce::Graphics&, int x, int y, int width, int height, float position,
                          float start_angle, float end_angle, juce::Slider&) override;
    void drawButtonBackground(juce::Graphics&, juce::Button&, const juce::Colour&, bool over,
                              bool down) override;
    juce::Font getTextButtonFont(juce::TextButton&, int) override { return font(); }
    juce::Font getComboBoxFont(juce::ComboBox&) override { return font(15.0F); }
    juce::Font getPopupMenuFont() override { return font(15.0F); }
};

} // namespace tonecast::plugin
