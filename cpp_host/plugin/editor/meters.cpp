#include "plugin/editor/meters.h"

#include "plugin/editor/theme.h"

#include <algorithm>
#include <juce_audio_basics/juce_audio_basics.h>

namespace tonecast::plugin {

namespace {

constexpr float bottom_db = -60.0F;
constexpr float fall_db_per_s = 20.0F;
constexpr double hold_s = 2.0;

} // namespace

void Meters::Meter::add(float peak, double elapsed_s) {
    const float now_db = juce::Decibels::gainToDecibels(peak, -100.0F);
    level_db = std::max(now_db, level_db - fall_db_per_s * static_cast<float>(elapsed_s));
    held_s += elapsed_s;
    if (now_db >= held_db || held_s > hold_s) {
        held_db = now_db;
        held_s = 0.0;
    }
}

void Meters::add(float input_peak, float output_peak, double elapsed_s) {
    input_.add(input_peak, elapsed_s);
    output_.add(output_peak, elapsed_s);
}

void Meters::paint(juce::Graphics& g) {
    auto area = getLocalBounds().toFloat();
    g.setColour(Theme::panel);
    g.fillRoundedRectangle(area, 6.0F);
    area.reduce(6.0F, 6.0F);
    const float half = area.getWidth() / 2.0F;
    paint_meter(g, area.removeFromLeft(half), input_, "in");
    paint_meter(g, area, output_, "out");
}

void Meters::paint_meter(juce::Graphics& g, juce::Rectangle<float> area, const Meter& meter,
                         const char* name) const {
    g.setFont(Theme::font(13.0F));
    g.setColour(Theme::faint_text);
    g.drawText(name, area.removeFromBottom(16.0F), juce::Justification::centred);
    const bool over = meter.held_db > 0.0F;
    g.setColour(over ? Theme::warning : Theme::text);
    g.drawText(meter.held_db > bottom_db ? juce::String(meter.held_db, 1) : juce::String("-"),
               area.removeFromTop(16.0F), juce::Justification::centred);
    const auto bar = area.withSizeKeepingCentre(10.0F, area.getHeight());
    g.setColour(Theme::background);
    g.fillRoundedRectangle(bar, 2.0F);
    const float fill = juce::jlimit(0.0F, 1.0F, 1.0F - meter.level_db / bottom_db);
    g.setColour(over ? Theme::warning : Theme::after);
    g.fillRoundedRectangle(bar.withTop(bar.getBottom() - fill * bar.getHeight()), 2.0F);
}

} // namespace tonecast::plugin
