#include "plugin/editor/model_card.h"

#include "plugin/editor/theme.h"

#include <juce_audio_basics/juce_audio_basics.h>

namespace tonecast::plugin {

namespace {

juce::String rates_of(const Effect& effect) {
    juce::StringArray rates;
    for (const auto& [rate_hz, file] : effect.files)
        rates.add(juce::String(rate_hz) + " Hz");
    return rates.joinIntoString(", ");
}

juce::String joined(const juce::var& list) {
    juce::StringArray texts;
    if (const auto* items = list.getArray())
        for (const auto& item : *items)
            texts.add(item.toString());
    return texts.joinIntoString(", ");
}

juce::String losses_of(const juce::var& provenance) {
    juce::StringArray texts;
    if (auto* losses = provenance["losses"].getDynamicObject())
        for (const auto& loss : losses->getProperties())
            texts.add(loss.name.toString().replaceCharacter('_', ' ') + " " +
                      juce::String(static_cast<double>(loss.value), 4));
    return texts.joinIntoString(", ");
}

juce::String parity_of(const juce::var& parity) {
    const auto* signals = parity["signals"].getArray();
    if (signals == nullptr || signals->isEmpty())
        return {};
    return "within " + juce::String(static_cast<double>(parity["largest_difference"]), 1, true) +
           " of PyTorch over " + juce::String(signals->size()) + " signals";
}

/// What a capture says of its device, and what its answer to a click has shown.
juce::String capture_of(const juce::var& capture) {
    juce::StringArray texts;
    if (auto* details = capture["details"].getDynamicObject())
        for (const auto& detail : details->getProperties())
            texts.add(detail.name.toString().replaceCharacter('_', ' ') + " " +
                      detail.value.toString());
    if (capture["loudness_db"].isDouble())
        texts.add("loudness " + juce::String(static_cast<double>(capture["loudness_db"]), 1) +
                  " dB");
    if (capture.hasProperty("peak_samples"))
        texts.add("a click comes out " + capture["peak_samples"].toString() + " samples late, " +
                  (capture["inverted"] ? "upside down" : "upright"));
    return texts.joinIntoString(", ");
}

juce::String form_of(const Contract& contract) {
    if (contract.form == Form::causal && contract.delay_samples > 0)
        return "causal: sample by sample, looks ahead by " +
               juce::String(1000.0 * contract.delay_samples / contract.sample_rate_hz, 1) + " ms";
    if (contract.form == Form::causal)
        return "causal: sample by sample, no latency at its own rate";
    if (contract.form == Form::filter)
        return "filter: the model listens beside the sound, no latency";
    return juce::String(contract.frame_size_samples) + " samples, a hop of " +
           juce::String(contract.hop_size_samples);
}

juce::String level_of(const TrainedLevel& level) {
    const auto db = [](float peak) {
        return juce::String(juce::Decibels::gainToDecibels(peak), 1) + " dBFS";
    };
    return "peaks of " + db(level.input_peak) + " in, " + db(level.output_peak) + " out; beyond, " +
           (level.is_linear ? "level is taken out and put back" : "both are held to it");
}

} // namespace

void ModelCard::show(const Effect* shown, int sample_rate_hz) {
    rows_.clear();
    if (shown == nullptr) {
        title_ = "No effect";
        description_ = "Choose one above, or open a file of your own.";
        repaint();
        return;
    }
    const Effect::File& file = shown->fitting(sample_rate_hz);
    const auto contract = juce::JSON::parse(juce::String(file.contract_json));
    const auto provenance = contract["provenance"];
    title_ = juce::String(file.contract.label) + "  (" + juce::String(shown->name) + ")";
    description_ = contract["description"].toString();
    const auto add = [this](const char* name, const juce::String& text) {
        if (text.isNotEmpty())
            rows_.set(name, text);
    };
    add("Made for", rates_of(*shown));
    add(file.contract.form == Form::frame ? "Frame" : "Form", form_of(file.contract));
    add("Capture", capture_of(contract["capture"]));
    if (const auto& level = file.contract.trained_level)
        add("Trained on", level_of(*level));
    add("Made from", provenance["data"].toString());
    add("Licences", joined(provenance["licences"]));
    add("Losses", losses_of(provenance));
    add("Made on", provenance["date"].toString());
    add("Parity", parity_of(contract["parity"]));
    add("File", juce::String(file.path.string()));
    repaint();
}

void ModelCard::paint(juce::Graphics& g) {
    g.setColour(Theme::panel);
    g.fillRoundedRectangle(getLocalBounds().toFloat(), 6.0F);
    auto area = getLocalBounds().reduced(28, 22);
    g.setColour(Theme::text);
    g.setFont(Theme::font(20.0F));
    g.drawText(title_, area.removeFromTop(28), juce::Justification::centredLeft);
    g.setFont(Theme::font(15.0F));
    g.drawFittedText(description_, area.removeFromTop(40), juce::Justification::topLeft, 2);
    area.removeFromTop(6);
    for (const auto& name : rows_.getAllKeys()) {
        auto row = area.removeFromTop(30);
        g.setFont(Theme::font(14.0F));
        g.setColour(Theme::faint_text);
        g.drawText(name, row.removeFromLeft(90), juce::Justification::topLeft);
        g.setColour(Theme::text);
        g.drawFittedText(rows_[name], row, juce::Justification::topLeft, 2, 1.0F);
    }
}

} // namespace tonecast::plugin
