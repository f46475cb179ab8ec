#include "plugin/plugin_processor.h"

#include "engine/error.h"
#include "plugin/editor/plugin_editor.h"
#include "plugin/parameters/gesture.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace tonecast::plugin {

namespace {

constexpr int timer_hz = 20;
constexpr int sidechain_bus = 1; // of the inputs

std::vector<std::string> names_of(const std::vector<Effect>& effects) {
    std::vector<std::string> names;
    for (const Effect& effect : effects)
        names.push_back(effect.name);
    return names;
}

} // namespace

PluginProcessor::PluginProcessor()
    : AudioProcessor(BusesProperties()
                         .withInput("Input", juce::AudioChannelSet::stereo())
                         .withInput("Side-chain", juce::AudioChannelSet::stereo(), false)
                         .withOutput("Output", juce::AudioChannelSet::stereo())),
      library_(EffectLibrary::shared()),
      parameters_(*this, nullptr, "Parameters", make_parameters(names_of(library_.effects()))),
      controls_(*this, parameters_, library_.effects()),
      effect_host_(parameters_, controls_, library_),
      presets_(parameters_, controls_, effect_host_, library_),
      history_(*this, *parameters_.getParameter(effect_id),
               {[this] { return all_settings(); },
                [this](const auto& from, const auto& to) { change_settings(from, to); }}),
      timer_(timer_hz, [this] { on_timer(); }) {
    if (!library_.problem().empty())
        juce::Logger::writeToLog("Tonecast: " + juce::String(library_.problem()));
}

void PluginProcessor::setNonRealtime(bool offline) noexcept {
    AudioProcessor::setNonRealtime(offline);
    effect_host_.set_offline(offline);
}

HostSettings PluginProcessor::host_settings() const {
    return {static_cast<int>(std::lround(getSampleRate())), getMainBusNumOutputChannels(),
            std::max(1, getBlockSize()), isNonRealtime()};
}

void PluginProcessor::prepareToPlay(double sample_rate_hz, int max_block_samples) {
    setRateAndBufferSizeDetails(sample_rate_hz, max_block_samples);
    taps_.prepare(static_cast<int>(sample_rate_hz));
    effect_host_.prepare(host_settings());
    report_latency();
}

void PluginProcessor::releaseResources() {
    effect_host_.release();
}

void PluginProcessor::reset() {
    effect_host_.reset();
}

void PluginProcessor::processBlock(juce::AudioBuffer<float>& buffer, juce::MidiBuffer&) {
    play(buffer, false);
}

void PluginProcessor::processBlockBypassed(juce::AudioBuffer<float>& buffer, juce::MidiBuffer&) {
    play(buffer, true);
}

void PluginProcessor::play(juce::AudioBuffer<float>& buffer, bool bypassed) {
    // Offline there is time to change effects on the spot, and no other moment to do it at.
    if (isNonRealtime() && effect_host_.outdated()) {
        effect_host_.update();
        report_latency();
    }
    const int count = getMainBusNumOutputChannels();
    const int heard = getMainBusNumInputChannels();
    if (heard == 0 || count == 0 || buffer.getNumChannels() < count)
        return;
    std::array<float*, max_channels> channels{};
    for (int at = 0; at < buffer.getNumSamples(); at += Taps::slice_samples) {
        const int n = std::min(Taps::slice_samples, buffer.getNumSamples() - at);
        const float* const* sidechain = take_sidechain(buffer, at, n);
        for (int c = 0; c < count; ++c) {
            channels[static_cast<std::size_t>(c)] = buffer.getWritePointer(c, at);
            if (c >= heard) // stereo of mono
                buffer.copyFrom(c, at, buffer, 0, at, n);
        }
        taps_.before(channels.data(), count, n);
        effect_host_.process(channels.data(), sidechain, count, n, bypassed);
        taps_.after(channels.data(), count, n);
    }
}

const float* const* PluginProcessor::take_sidechain(const juce::AudioBuffer<float>& buffer, int at,
                                                    int n) noexcept {
    const int count = getChannelCountOfBus(true, sidechain_bus);
    const int first = count > 0 ? getChannelIndexInProcessBlockBuffer(true, sidechain_bus, 0) : 0;
    if (count == 0 || buffer.getNumChannels() < first + count)
        return nullptr;
    for (std::size_t c = 0; c < max_channels; ++c) { // one channel is heard by all
        const int from = first + std::min(static_cast<int>(c), count - 1);
        std::copy_n(buffer.getReadPointer(from, at), n, sidechain_slice_[c].begin());
        sidechain_[c] = sidechain_slice_[c].data();
    }
    return sidechain_.data();
}

bool PluginProcessor::isBusesLayoutSupported(const BusesLayout& layout) const {
    const auto mono = juce::AudioChannelSet::mono();
    const auto stereo = juce::AudioChannelSet::stereo();
    const auto in = layout.getMainInputChannelSet();
    const auto out = layout.getMainOutputChannelSet();
    const auto sidechain = layout.getChannelSet(true, sidechain_bus);
    // Stereo of mono, too, whatever plays: hosts ask once, and effects may change at any time.
    const bool supported = (in == mono || in == stereo) &&
                           (out == in || (in == mono && out == stereo)) &&
                           (sidechain.isDisabled() || sidechain == mono || sidechain == stereo);
    // Hosts built with JUCE read the latency after they have set rate, blocks and layout, and only
    // then have the plugin prepared: this is the last call before.
    if (supported && getSampleRate() > 0.0)
        self_.expect_latency(out.size());
    return supported;
}

double PluginProcessor::getTailLengthSeconds() const {
    const auto effect = effect_host_.effect();
    if (effect == nullptr)
        return 0.0;
    const auto tail_s = effect->files.begin()->second.contract.tail_s;
    return tail_s ? *tail_s + SilenceGate::hold_s + SilenceGate::fade_out_s
                  : std::numeric_limits<double>::infinity();
}

void PluginProcessor::expect_latency(int channels) {
    HostSettings host = host_settings();
    host.channels = channels;
    setLatencySamples(effect_host_.expected_latency_samples(host));
}

juce::AudioProcessorParameter* PluginProcessor::getBypassParameter() const {
    return parameters_.getParameter(bypass_id);
}

void PluginProcessor::on_timer() {
    effect_host_.update();
    report_latency();
    controls_.tell_host();
}

void PluginProcessor::report_latency() {
    if (effect_host_.latency_samples() != getLatencySamples())
        setLatencySamples(effect_host_.latency_samples());
}

juce::ValueTree PluginProcessor::settings() {
    auto tree = parameters_.copyState();
    controls_.keep(tree);
    return tree;
}

void PluginProcessor::restore(const juce::ValueTree& settings) {
    parameters_.replaceState(settings.createCopy()); // what is kept aside stays as it is
    controls_.restore(settings);                     // after the effect has been chosen
}

void PluginProcessor::getStateInformation(juce::MemoryBlock& block) {
    PluginState state;
    state.parameters = settings();
    state.file = effect_host_.file();
    state.file_sha256 = state.file.empty() ? std::string() : sha256_of(state.file);
    state.cabinet = effect_host_.cabinet();
    state.preset = presets_.current();
    state.editor_width = editor_size.x;
    state.editor_height = editor_size.y;
    const std::lock_guard lock(state_lock_);
    state.other = other_side_;
    block = write_state(state, effect_choices());
}

void PluginProcessor::setStateInformation(const void* data, int size) {
    std::string problem;
    try {
        PluginState state = read_state(data, size, effect_choices());
        if (!state.file.empty()) {
            const std::string now = sha256_of(state.file);
            if (!now.empty() && now != state.file_sha256)
                problem = state.file.string() + " has changed since these settings were saved";
            effect_host_.use_file(state.file);
        }
        effect_host_.use_cabinet(state.cabinet);
        if (!state.missing_effect.empty())
            problem = "the effect " + state.missing_effect +
                      " of these settings is not in this plugin; choose another";
        restore(state.parameters);
        presets_.set_current(state.preset);
        history_.clear();
        editor_size = {state.editor_width, state.editor_height};
        const std::lock_guard lock(state_lock_);
        other_side_ = state.other;
        on_side_b_ = false;
    } catch (const Error& error) {
        problem = error.what();
    }
    if (!problem.empty())
        juce::Logger::writeToLog("Tonecast: " + juce::String(problem));
    const std::lock_guard lock(state_lock_);
    state_problem_ = problem;
}

std::string PluginProcessor::problem() const {
    const std::lock_guard lock(state_lock_);
    for (const std::string& one : {state_problem_, effect_host_.problem(), library_.problem()})
        if (!one.empty())
            return one;
    return {};
}

const juce::StringArray& PluginProcessor::effect_choices() const {
    return static_cast<juce::AudioParameterChoice*>(parameters_.getParameter(effect_id))->choices;
}

void PluginProcessor::open_file(const juce::File& file) {
    history_.edit([&] {
        effect_host_.use_file(file.getFullPathName().toStdString());
        turn(*parameters_.getParameter(effect_id), 1.0F); // the last choice
        presets_.set_current({});
    });
}

void PluginProcessor::use_cabinet(const std::filesystem::path& path) {
    history_.edit([&] { effect_host_.use_cabinet(path); });
}

void PluginProcessor::use_preset(const Preset& preset) {
    history_.edit([&] { presets_.use(preset); });
}

void PluginProcessor::use_defaults() {
    history_.edit([this] { presets_.use_defaults(); });
}

void PluginProcessor::swap_ab() {
    history_.edit([this] {
        const auto now = settings();
        juce::ValueTree other;
        {
            const std::lock_guard lock(state_lock_);
            other = std::exchange(other_side_, now);
            on_side_b_ = !on_side_b_;
        }
        if (other.isValid())
            restore(other);
    });
}

void PluginProcessor::copy_to_other_side() {
    history_.edit([this] {
        const auto now = settings();
        const std::lock_guard lock(state_lock_);
        other_side_ = now;
    });
}

EditHistory::Settings PluginProcessor::all_settings() const {
    EditHistory::Settings now;
    for (const auto* parameter : getParameters())
        now.values.push_back(parameter->getValue());
    now.preset = presets_.current();
    now.file = effect_host_.file();
    now.cabinet = effect_host_.cabinet();
    const std::lock_guard lock(state_lock_);
    now.other_side = other_side_;
    now.on_side_b = on_side_b_;
    return now;
}

void PluginProcessor::change_settings(const EditHistory::Settings& from,
                                      const EditHistory::Settings& to) {
    if (to.file != from.file && !to.file.empty())
        effect_host_.use_file(to.file);
    if (to.cabinet != from.cabinet)
        effect_host_.use_cabinet(to.cabinet);
    // In the order of the parameters: another effect, the first, sets the bank to its defaults.
    const bool is_another = to.values.front() != from.values.front() || to.file != from.file;
    for (std::size_t i = 0; i < to.values.size(); ++i) {
        auto& parameter = *getParameters()[static_cast<int>(i)];
        const bool is_banked = dynamic_cast<ControlParameter*>(&parameter) != nullptr;
        if (to.values[i] != from.values[i] || (is_another && is_banked))
            turn(parameter, to.values[i]);
    }
    presets_.set_current(to.preset);
    const std::lock_guard lock(state_lock_);
    other_side_ = to.other_side;
    on_side_b_ = to.on_side_b;
}

} // namespace tonecast::plugin

juce::AudioProcessorEditor* tonecast::plugin::PluginProcessor::createEditor() {
    return new PluginEditor(*this);
}

juce::AudioProcessor* JUCE_CALLTYPE createPluginFilter() {
    return new tonecast::plugin::PluginProcessor();
}
