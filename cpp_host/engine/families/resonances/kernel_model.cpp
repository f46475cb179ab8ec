#include "engine/families/resonances/kernel_model.h"

#include "engine/families/resonances/kernel_runner.h"

#include <utility>

namespace tonecast::resonances {

KernelModel::KernelModel(Contract contract, const Config& config, Tables tables,
                         Precision precision)
    : contract_(std::move(contract)), config_(config), tables_(std::move(tables)),
      controls_(contract_), is_exact_(precision == Precision::exact) {}

std::unique_ptr<Runner> KernelModel::make_runner() const {
    return std::make_unique<KernelRunner>(shared_from_this());
}

} // namespace tonecast::resonances
