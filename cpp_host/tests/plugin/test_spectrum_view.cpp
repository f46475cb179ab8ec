// Limits and the sensitivity curve of an equalizer over the spectrum: dragged, typed at and heard.

#include "plugin/editor/spectrum/sensitivity_curve.h"
#include "plugin/editor/spectrum/sensitivity_node.h"
#include "plugin/editor/spectrum/spectrum_view.h"
#include "plugin/plugin_processor.h"
#include "tests/check.h"

#include <cmath>
#include <string>

using tonecast::BandSolo;
using tonecast::plugin::PlotScale;
using tonecast::plugin::PluginProcessor;
using tonecast::plugin::sensitivity_curve;
using tonecast::plugin::SensitivityNode;
using tonecast::plugin::SpectrumAnalyser;
using tonecast::plugin::SpectrumView;

namespace {

// Never ended: at exit, what JUCE holds statically is gone before anything that stands here.
const auto& juce_runs = *new juce::ScopedJuceInitialiser_GUI;

juce::MouseEvent event(juce::Component& on, juce::Point<float> at, juce::ModifierKeys keys = {}) {
    const auto now = juce::Time::getCurrentTime();
    return {juce::Desktop::getInstance().getMainMouseSource(),
            at,
            keys.withFlags(juce::ModifierKeys::leftButtonModifier),
            1.0F,
            0.0F,
            0.0F,
            0.0F,
            0.0F,
            &on,
            &on,
            now,
            at,
            now,
            1,
            true};
}

/// The second node over a plot of 700 by 300.
struct Plot {
    Plot() {
        scale.area = {30.0F, 20.0F, 700.0F, 300.0F};
        parent.setSize(760, 340);
        parent.addAndMakeVisible(node);
        node.refresh();
    }

    float value(const char* of) {
        auto* parameter = plugin.parameters().getParameter(tonecast::plugin::sensitivity_id(1, of));
        return parameter->convertFrom0to1(parameter->getValue());
    }

    /// From where it is, by so many pixels.
    juce::MouseEvent mouse(juce::Point<float> by, juce::ModifierKeys keys = {}) {
        return event(node, node.getLocalBounds().toFloat().getCentre() + by, keys);
    }

    void drag(juce::Point<float> by) {
        node.mouseDown(mouse({}));
        node.mouseDrag(mouse(by));
        node.mouseUp(mouse(by));
    }

    void press(int key, int modifiers = 0) { node.keyPressed(juce::KeyPress(key, modifiers, 0)); }

    PluginProcessor plugin;
    PlotScale scale;
    juce::Component parent;
    SensitivityNode node{plugin.parameters(), 1, scale, plugin.effect_host().solo()};
};

} // namespace

TEST(the_axes_lead_there_and_back) {
    PlotScale scale;
    scale.area = {30.0F, 20.0F, 700.0F, 300.0F};
    for (const float hz : {20.0F, 150.0F, 1000.0F, 20000.0F})
        CHECK(std::fabs(scale.hz_at(scale.x_of(hz)) / hz - 1.0F) < 1e-4F);
    for (const float db : {-40.0F, -3.0F, 0.0F, 12.0F})
        CHECK(std::fabs(scale.sensitivity_at(scale.y_of_sensitivity(db)) - db) < 1e-3F);
    CHECK(scale.y_of_sensitivity(0.0F) == scale.y_of_change(0.0F));
    CHECK(scale.hz_at(-1e9F) == 20.0F);
    CHECK(std::fabs(scale.hz_at(1e9F) - 20000.0F) < 0.1F);
}

TEST(the_curve_is_bells_and_a_tilt) {
    PluginProcessor plugin;
    CHECK(sensitivity_curve(plugin.parameters()).at(777.0F) == 0.0F);
    const auto set = [&](const char* id, float value) {
        auto* parameter = plugin.parameters().getParameter(id);
        parameter->setValueNotifyingHost(parameter->convertTo0to1(value));
    };
    set("sensitivity_2_db", -8.0F);
    set("sensitivity_2_octaves", 2.0F);
    CHECK(std::fabs(sensitivity_curve(plugin.parameters()).at(600.0F) + 8.0F) < 1e-3F);
    for (const float edge_hz : {300.0F, 1200.0F}) // half of its height, an octave to either side
        CHECK(std::fabs(sensitivity_curve(plugin.parameters()).at(edge_hz) + 4.0F) < 1e-3F);
    set("sensitivity_2_db", 0.0F);
    set("sensitivity_tilt_db", 1.5F);
    CHECK(std::fabs(sensitivity_curve(plugin.parameters()).at(1000.0F)) < 1e-4F);
    CHECK(std::fabs(sensitivity_curve(plugin.parameters()).at(4000.0F) - 3.0F) < 1e-3F);
    set("sensitivity_tilt_db", 6.0F);
    CHECK(sensitivity_curve(plugin.parameters()).at(20000.0F) == 12.0F); // held, as in the graph
}

TEST(a_node_is_dragged_in_frequency_and_decibels_and_that_is_one_step) {
    Plot plot;
    plot.drag({70.0F, 50.0F}); // a tenth of ten octaves, nearly, and 10 dB: 5 px each
    CHECK(std::fabs(std::log2(plot.value("hz") / 600.0F) - 0.9966F) < 0.02F);
    CHECK(std::fabs(plot.value("db") + 10.0F) < 0.2F);
    CHECK(plot.value("octaves") == 1.0F);
    plot.drag({3000.0F, -3000.0F});
    CHECK(std::fabs(plot.value("hz") - 20000.0F) < 1.0F);
    CHECK(plot.value("db") == 12.0F);
    plot.plugin.history().undo();
    plot.plugin.history().undo();
    CHECK(std::fabs(plot.value("hz") - 600.0F) < 0.01F);
    CHECK(plot.value("db") == 0.0F);
    CHECK(!plot.plugin.history().can_undo());
}

TEST(wheel_double_click_and_keys_turn_a_node) {
    Plot plot;
    plot.node.mouseWheelMove(plot.mouse({}), {0.0F, 0.5F, false, false, false});
    CHECK(std::fabs(plot.value("octaves") - std::exp2(0.75F)) < 1e-3F);
    plot.press(juce::KeyPress::pageDownKey);
    CHECK(std::fabs(plot.value("octaves") - std::exp2(0.5F)) < 1e-3F);
    plot.press(juce::KeyPress::rightKey);
    CHECK(std::fabs(plot.value("hz") - 600.0F * std::exp2(1.0F / 12.0F)) < 0.05F);
    plot.press(juce::KeyPress::leftKey);
    plot.press(juce::KeyPress::downKey);
    plot.press(juce::KeyPress::downKey, juce::ModifierKeys::shiftModifier);
    CHECK(std::fabs(plot.value("hz") - 600.0F) < 0.05F);
    CHECK(std::fabs(plot.value("db") + 0.6F) < 1e-3F);
    plot.press(juce::KeyPress::deleteKey);
    CHECK(std::fabs(plot.value("db")) < 1e-5F);
    for (int i = 0; i < 100; ++i)
        plot.press(juce::KeyPress::upKey);
    CHECK(plot.value("db") == 12.0F);
    plot.node.mouseDoubleClick(plot.mouse({}));
    CHECK(std::fabs(plot.value("db")) < 1e-5F);
    CHECK(!plot.node.keyPressed(juce::KeyPress('z', juce::ModifierKeys::ctrlModifier, 0)));
}

TEST(a_node_says_its_values_with_units) {
    Plot plot;
    CHECK(plot.node.text() == "2:  600 Hz   0.0 dB   1.00 oct");
    plot.press(juce::KeyPress::upKey);
    CHECK(plot.node.text().contains("+0.5 dB"));
    CHECK(plot.node.getTitle() == "Sensitivity 2");
    CHECK(plot.node.getTooltip().contains("Alt"));
}

TEST(a_band_is_soloed_while_a_node_is_dragged_with_alt_and_no_longer) {
    Plot plot;
    const auto& solo = plot.plugin.effect_host().solo();
    CHECK(!solo.is_on());
    plot.node.mouseDown(plot.mouse({}));
    CHECK(!solo.is_on());
    plot.node.mouseDrag(plot.mouse({5.0F, 0.0F}, juce::ModifierKeys::altModifier));
    CHECK(solo.is_on());
    plot.node.mouseDrag(plot.mouse({9.0F, 0.0F}));
    CHECK(!solo.is_on());
    plot.node.mouseDrag(plot.mouse({5.0F, 0.0F}, juce::ModifierKeys::altModifier));
    plot.node.mouseUp(plot.mouse({5.0F, 0.0F}, juce::ModifierKeys::altModifier));
    CHECK(!solo.is_on());
    {
        SensitivityNode gone(plot.plugin.parameters(), 0, plot.scale,
                             plot.plugin.effect_host().solo());
        plot.parent.addAndMakeVisible(gone);
        gone.mouseDown(plot.mouse({}, juce::ModifierKeys::altModifier));
        CHECK(solo.is_on());
    } // with the window, in the middle of a drag
    CHECK(!solo.is_on());
}

TEST(a_limit_is_dragged_heard_and_reset_as_one_step_each) {
    PluginProcessor plugin;
    const SpectrumAnalyser analyser;
    const auto& solo = plugin.effect_host().solo();
    const juce::ModifierKeys alt(juce::ModifierKeys::altModifier);
    auto& low = *plugin.parameters().getParameter("low_hz");
    const float as_it_was = low.getValue();
    {
        SpectrumView view(plugin.parameters(), analyser, plugin.effect_host().solo());
        view.setSize(768, 346); // the plot is 700 by 300, from (34, 26) on
        const juce::Point<float> grip(34.0F + 700.0F * low.getValue(), 100.0F);
        view.mouseDown(event(view, grip, alt));
        CHECK(solo.is_on());
        view.mouseDrag(event(view, grip + juce::Point<float>(70.0F, 0.0F), alt));
        view.mouseUp(event(view, grip));
        CHECK(!solo.is_on());
        CHECK(std::fabs(low.getValue() - as_it_was - 0.1F) < 1e-3F);
        plugin.history().undo();
        CHECK(low.getValue() == as_it_was);
        plugin.history().redo();
        view.mouseDoubleClick(event(view, grip + juce::Point<float>(70.0F, 0.0F)));
        CHECK(low.getValue() == as_it_was);
        view.mouseDown(event(view, grip, alt));
        CHECK(solo.is_on());
    }
    CHECK(!solo.is_on());
}
