#include "plugin/editor/spectrum_view.h"

#include "plugin/editor/theme.h"

#include <array>
#include <cmath>

namespace tonecast::plugin {

namespace {

constexpr float top_db = 0.0F;
constexpr float bottom_db = -90.0F;
constexpr float max_change_db = 15.0F; // from the zero line, a third from above, downwards
constexpr float near_pixels = 8.0F;

constexpr auto low = "low_hz";
constexpr auto high = "high_hz";

juce::String in_hz(float frequency_hz) {
    return frequency_hz < 1000.0F ? juce::String(juce::roundToInt(frequency_hz)) + " Hz"
                                  : juce::String(frequency_hz / 1000.0F, 1) + " kHz";
}

} // namespace

SpectrumView::SpectrumView(Parameters& parameters, const SpectrumAnalyser& analyser)
    : parameters_(parameters), analyser_(analyser) {
    setTitle("Spectrum");
}

void SpectrumView::show_range(bool on) {
    has_range_ = on;
}

void SpectrumView::resized() {
    plot_ = getLocalBounds()
                .toFloat()
                .withTrimmedLeft(34.0F)
                .withTrimmedRight(34.0F)
                .withTrimmedTop(26.0F)
                .withTrimmedBottom(20.0F);
}

float SpectrumView::x_of(float frequency_hz) const {
    constexpr float octaves = 9.9657843F; // from 20 Hz to 20 kHz
    return plot_.getX() +
           plot_.getWidth() * std::log2(frequency_hz / SpectrumAnalyser::min_hz) / octaves;
}

float SpectrumView::hz_at(float x) const {
    const float fraction = juce::jlimit(0.0F, 1.0F, (x - plot_.getX()) / plot_.getWidth());
    return SpectrumAnalyser::band_hz(fraction * (SpectrumAnalyser::bands - 1));
}

float SpectrumView::y_of_level(float level_db) const {
    return juce::jlimit(plot_.getY(), plot_.getBottom(),
                        juce::jmap(level_db, top_db, bottom_db, plot_.getY(), plot_.getBottom()));
}

float SpectrumView::y_of_change(float change_db) const {
    const float zero = plot_.getY() + plot_.getHeight() / 3.0F;
    return juce::jlimit(plot_.getY(), plot_.getBottom(),
                        juce::jmap(change_db, 0.0F, -max_change_db, zero, plot_.getBottom()));
}

float SpectrumView::limit_hz(const char* id) const {
    return parameters_.getRawParameterValue(id)->load();
}

juce::Path SpectrumView::curve(const std::array<float, SpectrumAnalyser::bands>& values,
                               float (SpectrumView::*y_of)(float) const) const {
    juce::Path path;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const juce::Point<float> point(x_of(SpectrumAnalyser::band_hz(static_cast<float>(i))),
                                       (this->*y_of)(values[i]));
        i == 0 ? path.startNewSubPath(point) : path.lineTo(point);
    }
    return path;
}

void SpectrumView::paint(juce::Graphics& g) {
    g.setColour(Theme::panel);
    g.fillRoundedRectangle(getLocalBounds().toFloat(), 6.0F);
    paint_grid(g);

    const auto& levels = analyser_.levels();
    auto before = curve(levels.before_db, &SpectrumView::y_of_level);
    before.lineTo(plot_.getBottomRight());
    before.lineTo(plot_.getBottomLeft());
    before.closeSubPath();
    g.setColour(Theme::before.withAlpha(0.45F));
    g.fillPath(before);
    g.setColour(Theme::after);
    g.strokePath(curve(levels.after_db, &SpectrumView::y_of_level), juce::PathStrokeType(1.3F));

    if (has_range_)
        paint_range(g);
    g.setColour(Theme::removed);
    g.strokePath(curve(levels.change_db, &SpectrumView::y_of_change), juce::PathStrokeType(2.0F));
    paint_legend(g);
}

void SpectrumView::paint_grid(juce::Graphics& g) const {
    g.setFont(Theme::font(12.0F));
    for (const int frequency_hz : {20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000}) {
        const float x = x_of(static_cast<float>(frequency_hz));
        g.setColour(Theme::line.withAlpha(0.6F));
        g.drawVerticalLine(juce::roundToInt(x), plot_.getY(), plot_.getBottom());
        const auto name = frequency_hz < 1000 ? juce::String(frequency_hz)
                                              : juce::String(frequency_hz / 1000) + "k";
        g.setColour(Theme::faint_text);
        g.drawText(name, juce::Rectangle<float>(x - 20.0F, plot_.getBottom() + 3.0F, 40.0F, 14.0F),
                   juce::Justification::centred);
    }
    for (int level_db = -15; level_db > juce::roundToInt(bottom_db); level_db -= 15) {
        const float y = y_of_level(static_cast<float>(level_db));
        g.setColour(Theme::faint_text);
        g.drawText(juce::String(level_db), juce::Rectangle<float>(0.0F, y - 7.0F, 28.0F, 14.0F),
                   juce::Justification::centredRight);
    }
    for (int change_db = 6; change_db > -juce::roundToInt(max_change_db); change_db -= 3) {
        const float y = y_of_change(static_cast<float>(change_db));
        g.setColour(change_db == 0 ? Theme::faint_text.withAlpha(0.6F)
                                   : Theme::line.withAlpha(0.6F));
        g.drawHorizontalLine(juce::roundToInt(y), plot_.getX(), plot_.getRight());
        g.setColour(Theme::removed.withAlpha(0.85F));
        g.drawText((change_db > 0 ? "+" : "") + juce::String(change_db),
                   juce::Rectangle<float>(plot_.getRight() + 5.0F, y - 7.0F, 28.0F, 14.0F),
                   juce::Justification::centredLeft);
    }
}

void SpectrumView::paint_range(juce::Graphics& g) const {
    const float from = x_of(limit_hz(low));
    const float to = x_of(limit_hz(high));
    g.setColour(Theme::background.withAlpha(0.55F));
    g.fillRect(plot_.withRight(from));
    g.fillRect(plot_.withLeft(to));
    for (const char* id : {low, high}) {
        const float x = x_of(limit_hz(id));
        g.setColour(Theme::text);
        g.fillRect(juce::Rectangle<float>(x - 0.75F, plot_.getY(), 1.5F, plot_.getHeight()));
        const juce::Rectangle<float> grip(x - 4.0F, plot_.getY() - 5.0F, 8.0F, 10.0F);
        g.fillRoundedRectangle(grip, 2.0F);
        g.setFont(Theme::font(12.0F));
        const juce::Rectangle<float> label(x - 30.0F, plot_.getY() - 21.0F, 60.0F, 14.0F);
        g.drawText(in_hz(limit_hz(id)), label.constrainedWithin(getLocalBounds().toFloat()),
                   juce::Justification::centred);
    }
}

void SpectrumView::paint_legend(juce::Graphics& g) const {
    struct Entry {
        const char* name;
        juce::Colour colour;
    };
    const std::array<Entry, 3> entries{
        {{"before", Theme::before}, {"after", Theme::after}, {"change, dB", Theme::removed}}};
    auto row = plot_.toNearestInt().removeFromTop(22).withTrimmedTop(6).reduced(8, 0);
    row = row.withTrimmedLeft(row.getWidth() / 2 - 120);
    g.setFont(Theme::font(13.0F));
    for (const Entry& entry : entries) {
        g.setColour(entry.colour);
        g.fillRoundedRectangle(row.removeFromLeft(14).toFloat().withSizeKeepingCentre(14.0F, 4.0F),
                               2.0F);
        g.setColour(Theme::text);
        g.drawText(entry.name, row.removeFromLeft(74).withTrimmedLeft(6),
                   juce::Justification::centredLeft);
    }
}

juce::RangedAudioParameter* SpectrumView::limit_near(float x) const {
    if (!has_range_)
        return nullptr;
    const float to_low = std::fabs(x - x_of(limit_hz(low)));
    const float to_high = std::fabs(x - x_of(limit_hz(high)));
    if (std::min(to_low, to_high) > near_pixels)
        return nullptr;
    return parameters_.getParameter(to_low < to_high ? low : high);
}

void SpectrumView::mouseMove(const juce::MouseEvent& event) {
    setMouseCursor(limit_near(event.position.x) != nullptr
                       ? juce::MouseCursor::LeftRightResizeCursor
                       : juce::MouseCursor::NormalCursor);
}

void SpectrumView::mouseDown(const juce::MouseEvent& event) {
    dragged_ = limit_near(event.position.x);
    if (dragged_ != nullptr)
        dragged_->beginChangeGesture();
}

void SpectrumView::mouseDrag(const juce::MouseEvent& event) {
    if (dragged_ == nullptr)
        return;
    float frequency_hz = hz_at(event.position.x);
    if (dragged_ == parameters_.getParameter(low)) // never beyond the other one
        frequency_hz = std::min(frequency_hz, limit_hz(high));
    else
        frequency_hz = std::max(frequency_hz, limit_hz(low));
    dragged_->setValueNotifyingHost(dragged_->convertTo0to1(frequency_hz));
}

void SpectrumView::mouseUp(const juce::MouseEvent&) {
    if (auto* released = std::exchange(dragged_, nullptr))
        released->endChangeGesture();
}

void SpectrumView::mouseDoubleClick(const juce::MouseEvent& event) {
    if (auto* limit = limit_near(event.position.x))
        limit->setValueNotifyingHost(limit->getDefaultValue());
}

} // namespace tonecast::plugin
