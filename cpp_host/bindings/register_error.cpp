#include "bindings/register.h"
#include "engine/error.h"

#include <exception>
#include <iterator>
#include <string>
#include <string_view>

namespace py = pybind11;

namespace tonecast {

/// The engine's Error arrives as the Error of plugin_core/errors.py, which needs no engine.
void register_error(py::module_& module) {
    const auto name = module.attr("__name__").cast<std::string>();
    const std::string package = name.substr(0, name.rfind('.'));
    const py::object error = py::module_::import((package + ".errors").c_str()).attr("Error");
    // Never freed: errors may be raised until the interpreter ends.
    static const py::handle error_type = py::object(error).release();
    py::register_exception_translator([](std::exception_ptr thrown) {
        try {
            if (thrown)
                std::rethrow_exception(thrown);
        } catch (const Error& failed) {
            // Names of files may be any bytes.
            const std::string_view message(failed.what());
            const auto text = py::reinterpret_steal<py::str>(
                PyUnicode_DecodeUTF8(message.data(), std::ssize(message), "surrogateescape"));
            py::set_error(error_type, text);
        }
    });
}

} // namespace tonecast
