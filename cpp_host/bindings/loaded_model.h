#pragma once

#include "engine/inference/model.h"

#include <memory>
#include <string>

namespace tonecast {

/// A model and the contract's text, which Python reads more of than the engine does.
struct LoadedModel {
    std::shared_ptr<const Model> model;
    std::string contract_json;
};

} // namespace tonecast
