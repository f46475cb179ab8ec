#include "bindings/register.h"

PYBIND11_MODULE(_engine, module) {
    module.doc() = "The C++ engine: checks and names live in Python, samples move in C++.";
    tonecast::register_error(module);
    tonecast::register_bench(module);
    tonecast::register_effect_file(module);
    tonecast::register_engine(module);
    tonecast::register_live(module);
    tonecast::register_testing(module);
    tonecast::register_training(module);
}
