#pragma once

#include "plugin/host/effect_selection.h"
#include "plugin/host/host_settings.h"
#include "plugin/host/prepared_engine.h"
#include "plugin/library/effect_library.h"
#include "plugin/parameters/control_bank.h"
#include "plugin/parameters/parameters.h"

#include <deque>
#include <filesystem>
#include <memory>
#include <string>

namespace tonecast::plugin {

/// Makes the engine that plays an effect, aside from the one that plays: reads the effect, loads
/// its model, binds the parameters, prepares, attaches the predictor. All of it under the lock of
/// EffectHost, and none of it in real time.
class EnginePreparation {
public:
    EnginePreparation(EffectSelection& selection, const Parameters& parameters,
                      const ControlBank& controls, EffectLibrary& library);

    /// The engine for this effect, made now unless it is ready. Where the effect cannot be played,
    /// one that leaves the sound dry, and problem() says why.
    const PreparedEngine& ready(int active_effect_id, const HostSettings& host);

    /// The same, given away to be played.
    PreparedEngine take(int active_effect_id, const HostSettings& host);

    /// Lets a predictor move the attenuation. Where that fails, automatic_problem() says why.
    void attach_predictor(ParameterBoundEngine& bound);

    /// The cabinet of all engines that are made from now on, and of the one that is ready.
    void use_cabinet(std::shared_ptr<const ImpulseResponse> cabinet);

    /// Whether there is a predictor that can.
    bool has_predictor_for(const ParameterBoundEngine& bound) const;

    const std::string& problem() const { return problem_; }
    const std::string& automatic_problem() const { return automatic_problem_; }

private:
    std::shared_ptr<ParameterBoundEngine> make_engine(int active_effect_id,
                                                      const HostSettings& host);
    std::shared_ptr<const Model> load_model(const std::filesystem::path& path);

    EffectSelection& selection_;
    const Parameters& parameters_;
    const ControlBank& controls_;
    EffectLibrary& library_;

    PreparedEngine ready_;                           // made, and not yet taken
    std::shared_ptr<const ImpulseResponse> cabinet_; // null for none
    std::string problem_;
    std::string automatic_problem_;
    std::deque<std::shared_ptr<const Model>> recent_models_; // to go back to, here and elsewhere
};

} // namespace tonecast::plugin
