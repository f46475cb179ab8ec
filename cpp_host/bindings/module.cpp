#include "bindings/register.h"
#include "engine/error.h"

PYBIND11_MODULE(_engine, module) {
    module.doc() = "The C++ engine: checks and names live in Python, samples move in C++.";
    pybind11::register_exception<tonecast::Error>(module, "Error", PyExc_ValueError);
    tonecast::register_bench(module);
    tonecast::register_effect_file(module);
    tonecast::register_engine(module);
    tonecast::register_live(module);
    tonecast::register_testing(module);
}
