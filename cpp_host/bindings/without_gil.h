#pragma once

#include <cxxabi.h>
#include <pybind11/pybind11.h>
#include <unistd.h>

namespace tonecast {

/// Gives the interpreter lock away for as long as it exists.
///
/// A daemon thread may come back when the interpreter ends, and never gets the lock again. CPython
/// before 3.14 ends such a thread by unwinding its stack, which std::terminate() stops at the first
/// destructor on the way: the whole process aborts. Here the thread waits for the end of the
/// process instead, as CPython 3.14 lets it, and touches no Python object any more.
class WithoutGil {
public:
    WithoutGil() : state_(PyEval_SaveThread()) {}
    WithoutGil(const WithoutGil&) = delete;
    WithoutGil& operator=(const WithoutGil&) = delete;

    ~WithoutGil() {
#ifdef __GLIBCXX__
        try {
            PyEval_RestoreThread(state_);
        } catch (const abi::__forced_unwind&) {
            for (;;)
                pause();
        }
#else
        PyEval_RestoreThread(state_);
#endif
    }

private:
    PyThreadState* state_;
};

} // namespace tonecast
