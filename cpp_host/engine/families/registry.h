#pragma once

#include "engine/families/family.h"

#include <string>

namespace tonecast {

/// The family that a contract's architecture names; null where there are no kernels for it.
const Family* find_family(const Contract& contract) noexcept;

/// Why no kernel can play an effect, as the end of a message; empty where one can.
std::string kernel_obstacle(const Contract& contract);

} // namespace tonecast
