#include "plugin/host/engine_preparation.h"

#include "engine/error.h"
#include "engine/inference/identity.h"

#include <algorithm>
#include <utility>

namespace tonecast::plugin {

namespace {

constexpr int dry_frame_samples = 32;

constexpr int engine_max_block_samples = 65536;

// One for the rate at which hosts try a plugin, one for that of the session, and one to compare.
constexpr std::size_t models_kept = 3;

/// Plays where no effect can: every frame comes back as it is, at any rate.
std::shared_ptr<ParameterBoundEngine> make_dry_engine(int channels) {
    Contract contract;
    contract.name = "dry";
    contract.sample_rate_hz = 48000;
    contract.frame_size_samples = contract.hop_size_samples = dry_frame_samples;
    contract.hop_sizes_samples = {dry_frame_samples};
    auto engine = std::make_shared<Engine>(std::make_shared<IdentityModel>(std::move(contract)));
    engine->bypass().set(1.0F);
    engine->prepare({.sample_rate_hz = 48000, .channels = channels});
    return std::make_shared<ParameterBoundEngine>(std::move(engine));
}

PlaySettings play_settings(const HostSettings& host) {
    PlaySettings settings;
    settings.sample_rate_hz = host.sample_rate_hz;
    settings.channels = host.channels;
    settings.mode = host.offline ? Mode::inline_ : Mode::worker;
    settings.max_block_samples = std::min(host.max_block_samples, engine_max_block_samples);
    return settings;
}

/// Why an effect does not play, or not as it was asked to: for the editor and for the log.
std::string logged(const Error& error) {
    juce::Logger::writeToLog("Tonecast: " + juce::String(error.what()));
    return error.what();
}

} // namespace

EnginePreparation::EnginePreparation(EffectSelection& selection, const Parameters& parameters,
                                     const ControlBank& controls, EffectLibrary& library)
    : selection_(selection), parameters_(parameters), controls_(controls), library_(library) {}

const PreparedEngine& EnginePreparation::ready(int active_effect_id, const HostSettings& host) {
    if (!ready_.serves(active_effect_id, host))
        ready_ = {make_engine(active_effect_id, host), active_effect_id, host};
    return ready_;
}

PreparedEngine EnginePreparation::take(int active_effect_id, const HostSettings& host) {
    ready(active_effect_id, host);
    return std::exchange(ready_, {});
}

std::shared_ptr<ParameterBoundEngine> EnginePreparation::make_engine(int active_effect_id,
                                                                     const HostSettings& host) {
    problem_.clear();
    try {
        const auto& file = selection_.read(active_effect_id).fitting(host.sample_rate_hz);
        auto engine = std::make_shared<Engine>(load_model(file.path));
        auto bound = std::make_shared<ParameterBoundEngine>(engine, parameters_, controls_,
                                                            active_effect_id);
        engine->load_cabinet(cabinet_);
        engine->prepare(play_settings(host)); // bound before: the first block starts with these
        if (selection_.is_automatic())
            attach_predictor(*bound);
        return bound;
    } catch (const Error& error) {
        problem_ = logged(error);
    }
    return make_dry_engine(host.channels);
}

void EnginePreparation::use_cabinet(std::shared_ptr<const ImpulseResponse> cabinet) {
    cabinet_ = std::move(cabinet);
    if (ready_.bound)
        ready_.bound->engine()->load_cabinet(cabinet_);
}

std::shared_ptr<const Model> EnginePreparation::load_model(const std::filesystem::path& path) {
    auto model = library_.load_model(path);
    std::erase(recent_models_, model);
    recent_models_.push_front(model);
    if (recent_models_.size() > models_kept)
        recent_models_.pop_back();
    return model;
}

void EnginePreparation::attach_predictor(ParameterBoundEngine& bound) {
    automatic_problem_.clear();
    const auto control = bound.automatic_control();
    if (!control || bound.has_predictor())
        return;
    const Contract& contract = bound.engine()->contract();
    const std::string& name = contract.controls[*control].automatic_by;
    try {
        const Effect* predictor = library_.predictor(name);
        if (predictor == nullptr)
            throw Error("the attenuation cannot be automatic: the predictor " + name +
                        " is not in this plugin");
        bound.attach_predictor(load_model(predictor->fitting(contract.sample_rate_hz).path));
    } catch (const Error& error) {
        automatic_problem_ = logged(error);
    }
}

bool EnginePreparation::has_predictor_for(const ParameterBoundEngine& bound) const {
    const auto control = bound.automatic_control();
    return control && library_.predictor(
                          bound.engine()->contract().controls[*control].automatic_by) != nullptr;
}

} // namespace tonecast::plugin
