#pragma once

#include <pybind11/pybind11.h>

namespace tonecast {

void register_bench(pybind11::module_& module);
void register_error(pybind11::module_& module);
void register_effect_file(pybind11::module_& module);
void register_engine(pybind11::module_& module);
void register_live(pybind11::module_& module);
void register_testing(pybind11::module_& module);
void register_training(pybind11::module_& module);

} // namespace tonecast
