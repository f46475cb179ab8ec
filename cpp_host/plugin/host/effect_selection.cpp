#include "plugin/host/effect_selection.h"

#include "engine/error.h"

#include <optional>

namespace tonecast::plugin {

EffectSelection::EffectSelection(const Parameters& parameters, ControlBank& controls,
                                 EffectLibrary& library)
    : controls_(controls), library_(library),
      automatic_(*parameters.getRawParameterValue(automatic_id)) {}

void EffectSelection::use_file(const std::filesystem::path& path) {
    std::optional<Effect> effect;
    try {
        effect = library_.read_file(path);
    } catch (const Error&) {
        // Reported when it is to be played.
    }
    file_ = path;
    controls_.use_file(effect ? &effect->files.begin()->second.contract : nullptr);
}

const Effect& EffectSelection::read(int active_effect_id) {
    effect_ = nullptr;
    const auto index = static_cast<std::size_t>(active_effect_id);
    if (index < library_.effects().size()) // higher ids are files of the user's
        effect_ = std::make_shared<const Effect>(library_.effects()[index]);
    else if (!file_.empty()) {
        effect_ = std::make_shared<const Effect>(library_.read_file(file_));
        controls_.describe_file(effect_->files.begin()->second.contract);
    } else if (library_.effects().empty())
        throw Error(library_.problem());
    else
        throw Error("no effect file has been opened; open one or choose an effect");
    return *effect_;
}

} // namespace tonecast::plugin
