#include "plugin/editor/history_view.h"

#include "plugin/editor/theme.h"

#include <functional>

namespace tonecast::plugin {

namespace {

constexpr float max_change_db = 12.0F;

} // namespace

void HistoryView::add(const Moment& moment, double elapsed_s) {
    for (Timed& timed : moments_)
        timed.age_s += elapsed_s;
    moments_.push_back({moment, 0.0});
    while (moments_.front().age_s > span_s)
        moments_.pop_front();
}

void HistoryView::paint(juce::Graphics& g) {
    const auto all = getLocalBounds().toFloat();
    g.setColour(Theme::panel);
    g.fillRoundedRectangle(all, 6.0F);
    const auto plot = all.reduced(8.0F).withTrimmedTop(18.0F);
    const auto x_of = [&](double age_s) {
        return plot.getRight() - plot.getWidth() * static_cast<float>(age_s / span_s);
    };
    const auto y_of = [&](float normalized) {
        return plot.getBottom() - plot.getHeight() * juce::jlimit(0.0F, 1.0F, normalized);
    };
    g.setColour(Theme::line);
    g.drawHorizontalLine(juce::roundToInt(y_of(0.5F)), plot.getX(), plot.getRight());
    g.drawHorizontalLine(juce::roundToInt(y_of(0.0F)), plot.getX(), plot.getRight());

    const auto line = [&](const std::function<std::optional<float>(const Moment&)>& normalized,
                          juce::Colour colour, float thickness) {
        juce::Path path;
        bool drawing = false;
        for (const Timed& timed : moments_) {
            const auto value = normalized(timed.moment);
            if (value) {
                const juce::Point<float> point(x_of(timed.age_s), y_of(*value));
                drawing ? path.lineTo(point) : path.startNewSubPath(point);
            }
            drawing = value.has_value();
        }
        g.setColour(colour);
        g.strokePath(path, juce::PathStrokeType(thickness));
    };
    line([](const Moment& moment) { return moment.predicted; }, Theme::faint_text, 1.0F);
    line([](const Moment& moment) { return -moment.change_db / max_change_db; },
         Theme::after.withAlpha(0.8F), 1.3F);
    line([](const Moment& moment) { return moment.applied; }, Theme::removed, 2.0F);

    const bool predicts = !moments_.empty() && moments_.back().moment.predicted.has_value();
    auto title = all.reduced(8.0F, 5.0F).removeFromTop(16.0F);
    g.setFont(Theme::font(13.0F));
    const auto name = [&](const juce::String& text, juce::Colour colour, float width) {
        g.setColour(colour);
        g.drawText(text, title.removeFromLeft(width), juce::Justification::centredLeft);
    };
    name("applied", Theme::removed, 58.0F);
    if (predicts)
        name("predicted", Theme::faint_text, 68.0F);
    if (!moments_.empty())
        name("level " + juce::String(moments_.back().moment.change_db, 1) + " dB", Theme::after,
             100.0F);
    g.setColour(Theme::faint_text);
    g.drawText("10 s", title, juce::Justification::centredRight);
}

} // namespace tonecast::plugin
