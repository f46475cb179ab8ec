#include "plugin/editor/spectrum/spectrum_view.h"

#include "plugin/editor/spectrum/sensitivity_curve.h"
#include "plugin/editor/theme.h"
#include "plugin/parameters/gesture.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <utility>

namespace tonecast::plugin {

namespace {

constexpr float near_pixels = 8.0F;
constexpr float solo_octaves = 1.0F / 3.0F; // around a limit

constexpr auto low = "low_hz";
constexpr auto high = "high_hz";

juce::String in_hz(float frequency_hz) {
    return frequency_hz < 1000.0F ? juce::String(juce::roundToInt(frequency_hz)) + " Hz"
                                  : juce::String(frequency_hz / 1000.0F, 1) + " kHz";
}

} // namespace

SpectrumView::SpectrumView(Parameters& parameters, const SpectrumAnalyser& analyser,
                           SoloRequest& solo)
    : parameters_(parameters), analyser_(analyser), solo_(solo) {
    setTitle("Spectrum");
    setMouseClickGrabsKeyboardFocus(false); // or the first node would have it
    for (std::size_t i = 0; i < sensitivity_bands; ++i) {
        nodes_.push_back(std::make_unique<SensitivityNode>(parameters, i, scale_, solo));
        addChildComponent(*nodes_.back());
    }
}

SpectrumView::~SpectrumView() {
    let_go();
}

void SpectrumView::show(bool has_range, bool has_sensitivity) {
    has_range_ = has_range;
    has_sensitivity_ = has_sensitivity;
    for (auto& node : nodes_)
        node->setVisible(has_sensitivity);
    refresh();
}

void SpectrumView::refresh() {
    for (auto& node : nodes_)
        node->refresh();
    repaint();
}

void SpectrumView::resized() {
    scale_.area = getLocalBounds()
                      .toFloat()
                      .withTrimmedLeft(34.0F)
                      .withTrimmedRight(34.0F)
                      .withTrimmedTop(26.0F)
                      .withTrimmedBottom(20.0F);
    refresh();
}

float SpectrumView::limit_hz(const char* id) const {
    return parameters_.getRawParameterValue(id)->load();
}

juce::Path SpectrumView::curve(const std::array<float, SpectrumAnalyser::bands>& values,
                               float (PlotScale::*y_of)(float) const) const {
    juce::Path path;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const juce::Point<float> point(
            scale_.x_of(SpectrumAnalyser::band_hz(static_cast<float>(i))),
            (scale_.*y_of)(values[i]));
        i == 0 ? path.startNewSubPath(point) : path.lineTo(point);
    }
    return path;
}

void SpectrumView::paint(juce::Graphics& g) {
    g.setColour(Theme::panel);
    g.fillRoundedRectangle(getLocalBounds().toFloat(), 6.0F);
    paint_grid(g);

    const auto& levels = analyser_.levels();
    auto before = curve(levels.before_db, &PlotScale::y_of_level);
    before.lineTo(scale_.area.getBottomRight());
    before.lineTo(scale_.area.getBottomLeft());
    before.closeSubPath();
    g.setColour(Theme::before.withAlpha(0.45F));
    g.fillPath(before);
    g.setColour(Theme::after);
    g.strokePath(curve(levels.after_db, &PlotScale::y_of_level), juce::PathStrokeType(1.3F));

    if (has_range_)
        paint_range(g);
    if (has_sensitivity_)
        paint_sensitivity(g);
    g.setColour(Theme::removed);
    g.strokePath(curve(levels.change_db, &PlotScale::y_of_change), juce::PathStrokeType(2.0F));
    paint_legend(g);
}

void SpectrumView::paint_sensitivity(juce::Graphics& g) const {
    const SensitivityCurve sensitivity = sensitivity_curve(parameters_);
    std::array<float, SpectrumAnalyser::bands> values{};
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = sensitivity.at(SpectrumAnalyser::band_hz(static_cast<float>(i)));
    const auto line = curve(values, &PlotScale::y_of_sensitivity);
    auto filled = line;
    filled.lineTo(scale_.area.getRight(), scale_.y_of_sensitivity(0.0F));
    filled.lineTo(scale_.area.getX(), scale_.y_of_sensitivity(0.0F));
    filled.closeSubPath();
    g.setColour(Theme::sensitivity.withAlpha(0.12F));
    g.fillPath(filled);
    g.setColour(Theme::sensitivity.withAlpha(0.9F));
    g.strokePath(line, juce::PathStrokeType(1.5F));
    g.setFont(Theme::font(12.0F));
    for (const int sensitivity_db : {10, -10, -20, -30}) {
        const float y = scale_.y_of_sensitivity(static_cast<float>(sensitivity_db));
        g.drawText((sensitivity_db > 0 ? "+" : "") + juce::String(sensitivity_db),
                   juce::Rectangle<float>(scale_.area.getRight() - 32.0F, y - 7.0F, 28.0F, 14.0F),
                   juce::Justification::centredRight);
    }
}

void SpectrumView::paintOverChildren(juce::Graphics& g) {
    const auto busy = std::ranges::find_if(
        nodes_, [](const auto& node) { return node->isVisible() && node->is_busy(); });
    if (busy != nodes_.end())
        paint_values(g, **busy);
}

void SpectrumView::paint_values(juce::Graphics& g, const SensitivityNode& node) const {
    const auto middle = node.getBounds().toFloat().getCentre();
    const bool is_high = middle.y < scale_.area.getCentreY();
    const juce::Rectangle<float> label(middle.x - 105.0F, middle.y + (is_high ? 16.0F : -38.0F),
                                       210.0F, 22.0F);
    const auto place = label.constrainedWithin(scale_.area);
    g.setColour(Theme::background.withAlpha(0.85F));
    g.fillRoundedRectangle(place, 4.0F);
    g.setColour(Theme::sensitivity);
    g.drawRoundedRectangle(place, 4.0F, 1.0F);
    g.setColour(Theme::text);
    g.setFont(Theme::font(14.0F));
    g.drawText(node.text(), place, juce::Justification::centred);
}

void SpectrumView::paint_grid(juce::Graphics& g) const {
    g.setFont(Theme::font(12.0F));
    for (const int frequency_hz : {20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000}) {
        const float x = scale_.x_of(static_cast<float>(frequency_hz));
        g.setColour(Theme::line.withAlpha(0.6F));
        g.drawVerticalLine(juce::roundToInt(x), scale_.area.getY(), scale_.area.getBottom());
        const auto name = frequency_hz < 1000 ? juce::String(frequency_hz)
                                              : juce::String(frequency_hz / 1000) + "k";
        g.setColour(Theme::faint_text);
        g.drawText(name,
                   juce::Rectangle<float>(x - 20.0F, scale_.area.getBottom() + 3.0F, 40.0F, 14.0F),
                   juce::Justification::centred);
    }
    for (int level_db = -15; level_db > juce::roundToInt(PlotScale::bottom_db); level_db -= 15) {
        const float y = scale_.y_of_level(static_cast<float>(level_db));
        g.setColour(Theme::faint_text);
        g.drawText(juce::String(level_db), juce::Rectangle<float>(0.0F, y - 7.0F, 28.0F, 14.0F),
                   juce::Justification::centredRight);
    }
    for (int change_db = 6; change_db > -juce::roundToInt(PlotScale::max_change_db);
         change_db -= 3) {
        const float y = scale_.y_of_change(static_cast<float>(change_db));
        g.setColour(change_db == 0 ? Theme::faint_text.withAlpha(0.6F)
                                   : Theme::line.withAlpha(0.6F));
        g.drawHorizontalLine(juce::roundToInt(y), scale_.area.getX(), scale_.area.getRight());
        g.setColour(Theme::removed.withAlpha(0.85F));
        g.drawText((change_db > 0 ? "+" : "") + juce::String(change_db),
                   juce::Rectangle<float>(scale_.area.getRight() + 5.0F, y - 7.0F, 28.0F, 14.0F),
                   juce::Justification::centredLeft);
    }
}

void SpectrumView::paint_range(juce::Graphics& g) const {
    const float from = scale_.x_of(limit_hz(low));
    const float to = scale_.x_of(limit_hz(high));
    g.setColour(Theme::background.withAlpha(0.55F));
    g.fillRect(scale_.area.withRight(from));
    g.fillRect(scale_.area.withLeft(to));
    for (const char* id : {low, high}) {
        const float x = scale_.x_of(limit_hz(id));
        g.setColour(Theme::text);
        g.fillRect(
            juce::Rectangle<float>(x - 0.75F, scale_.area.getY(), 1.5F, scale_.area.getHeight()));
        const juce::Rectangle<float> grip(x - 4.0F, scale_.area.getY() - 5.0F, 8.0F, 10.0F);
        g.fillRoundedRectangle(grip, 2.0F);
        g.setFont(Theme::font(12.0F));
        const juce::Rectangle<float> label(x - 30.0F, scale_.area.getY() - 21.0F, 60.0F, 14.0F);
        g.drawText(in_hz(limit_hz(id)), label.constrainedWithin(getLocalBounds().toFloat()),
                   juce::Justification::centred);
    }
}

void SpectrumView::paint_legend(juce::Graphics& g) const {
    struct Entry {
        const char* name;
        juce::Colour colour;
        int width;
    };
    const std::array<Entry, 4> entries{{{"before", Theme::before, 76},
                                        {"after", Theme::after, 66},
                                        {"change, dB", Theme::removed, 102},
                                        {"sensitivity", Theme::sensitivity, 90}}};
    const auto shown = std::span(entries).first(has_sensitivity_ ? 4 : 3);
    int width = 0;
    for (const Entry& entry : shown)
        width += entry.width;
    auto row = scale_.area.toNearestInt().removeFromTop(22).withTrimmedTop(6);
    row = row.withTrimmedLeft((row.getWidth() - width) * 3 / 5).withWidth(width); // beside Low
    g.setFont(Theme::font(13.0F));
    for (const Entry& entry : shown) {
        auto place = row.removeFromLeft(entry.width);
        g.setColour(entry.colour);
        g.fillRoundedRectangle(
            place.removeFromLeft(14).toFloat().withSizeKeepingCentre(14.0F, 4.0F), 2.0F);
        g.setColour(Theme::text);
        g.drawText(entry.name, place.withTrimmedLeft(6), juce::Justification::centredLeft);
    }
}

juce::RangedAudioParameter* SpectrumView::limit_near(float x) const {
    if (!has_range_)
        return nullptr;
    const float to_low = std::fabs(x - scale_.x_of(limit_hz(low)));
    const float to_high = std::fabs(x - scale_.x_of(limit_hz(high)));
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
    if (dragged_ == nullptr)
        return;
    dragged_->beginChangeGesture();
    solo_while_held(event.mods);
}

void SpectrumView::mouseDrag(const juce::MouseEvent& event) {
    if (dragged_ == nullptr)
        return;
    float frequency_hz = scale_.hz_at(event.position.x);
    if (dragged_ == parameters_.getParameter(low)) // never beyond the other one
        frequency_hz = std::min(frequency_hz, limit_hz(high));
    else
        frequency_hz = std::max(frequency_hz, limit_hz(low));
    dragged_->setValueNotifyingHost(dragged_->convertTo0to1(frequency_hz));
    solo_while_held(event.mods);
}

void SpectrumView::mouseUp(const juce::MouseEvent&) {
    let_go();
}

void SpectrumView::let_go() {
    auto* const released = std::exchange(dragged_, nullptr);
    if (released == nullptr)
        return;
    solo_.stop();
    released->endChangeGesture();
}

void SpectrumView::solo_while_held(const juce::ModifierKeys& modifiers) {
    if (modifiers.isAltDown())
        solo_.play(dragged_->convertFrom0to1(dragged_->getValue()), solo_octaves);
    else
        solo_.stop();
}

void SpectrumView::modifierKeysChanged(const juce::ModifierKeys& modifiers) {
    if (dragged_ != nullptr)
        solo_while_held(modifiers);
}

void SpectrumView::mouseDoubleClick(const juce::MouseEvent& event) {
    let_go(); // of the second of the clicks
    if (auto* limit = limit_near(event.position.x))
        turn(*limit, limit->getDefaultValue());
}

} // namespace tonecast::plugin
