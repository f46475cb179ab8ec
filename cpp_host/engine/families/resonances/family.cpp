#include "engine/families/resonances/family.h"

#include "engine/error.h"
#include "engine/families/resonances/controls.h"
#include "engine/families/resonances/kernel_model.h"
#include "engine/kernels/instruction_sets.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace tonecast::resonances {

std::string obstacle(const Contract& contract) {
    if (contract.form != Form::filter)
        return "the kernel of its architecture plays filter effects, and its form is another";
    return ControlReader::obstacle(contract);
}

std::shared_ptr<const Model> load(const EffectFile& file, const KernelSettings& settings) {
    try {
        if (const std::string why = obstacle(file.contract); !why.empty())
            throw Error(why + "; play it with the backend \"onnxruntime\"");
        const std::vector<std::string_view> sets = kernels::instruction_sets();
        if (const std::string& set = settings.instruction_set;
            !set.empty() && std::ranges::find(sets, set) == sets.end())
            throw Error("this machine runs no kernel for \"" + set +
                        "\"; play it with the backend \"onnxruntime\"");
        const Config config = read_config(file.contract.architecture->network);
        return std::make_shared<KernelModel>(file.contract, config, read_tables(file, config),
                                             settings.precision);
    } catch (const Error& error) {
        throw Error(file.name + ": " + error.what());
    }
}

} // namespace tonecast::resonances
