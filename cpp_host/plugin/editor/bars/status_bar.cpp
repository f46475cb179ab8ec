#include "plugin/editor/bars/status_bar.h"

#include "plugin/editor/theme.h"

namespace tonecast::plugin {

namespace {

juce::String limited_s(const StatusBar::Status& status) {
    return juce::String(static_cast<double>(status.limited_samples) / status.sample_rate_hz, 1);
}

} // namespace

void StatusBar::show(const Status& status) {
    if (status == status_)
        return;
    status_ = status;
    setTooltip(status.problem);
    repaint();
}

void StatusBar::paint(juce::Graphics& g) {
    auto row = getLocalBounds();
    g.setFont(Theme::font());
    const auto add = [&](const juce::String& text, juce::Colour colour, int width) {
        g.setColour(colour);
        g.drawText(text, row.removeFromLeft(width), juce::Justification::centredLeft);
    };
    if (status_.sample_rate_hz <= 0.0) {
        add("no sound yet", Theme::faint_text, 110);
    } else {
        const double latency_ms = 1000.0 * status_.latency_samples / status_.sample_rate_hz;
        add("latency " + juce::String(latency_ms, 1) + " ms (" +
                juce::String(status_.latency_samples) + " samples)",
            Theme::text, 220);
        add(juce::String(status_.sample_rate_hz / 1000.0, 1) + " kHz" +
                (status_.offline ? ", offline" : ""),
            Theme::faint_text, status_.offline ? 110 : 70);
        add("late " + juce::String(status_.late_frames),
            status_.late_frames > 0 ? Theme::warning : Theme::faint_text, 70);
        if (status_.bad_frames > 0)
            add("failed " + juce::String(status_.bad_frames), Theme::warning, 80);
        // Frames beyond the level that the effect was trained on: see the card.
        if (status_.held_frames > 0)
            add("too loud " + juce::String(status_.held_frames), Theme::warning, 100);
        if (status_.limited_samples > 0)
            add("limited " + limited_s(status_) + " s", Theme::warning, 100);
        if (status_.band_hz > 0)
            add("nothing above " + juce::String(status_.band_hz / 1000.0, 1) + " kHz",
                Theme::faint_text, 150);
    }
    g.setColour(Theme::warning);
    g.drawFittedText(status_.problem, row, juce::Justification::centredRight, 2, 0.9F);
}

} // namespace tonecast::plugin
