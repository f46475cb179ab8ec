#pragma once

namespace tonecast {

/// A thread is inside of ONNX Runtime for as long as this exists; not to be nested.
///
/// fork() copies no thread but the one that calls it. A lock that another one holds at that moment
/// stays locked in the child for good, and ONNX Runtime has some, of its memory and its sessions:
/// the child would hang in its first frame. So a fork waits until no thread is inside, and threads
/// that come meanwhile wait for it. It does not wait for long: a model may never return.
class InsideOnnxRuntime {
public:
    InsideOnnxRuntime() noexcept;
    ~InsideOnnxRuntime();
    InsideOnnxRuntime(const InsideOnnxRuntime&) = delete;
    InsideOnnxRuntime& operator=(const InsideOnnxRuntime&) = delete;
};

/// To be called once in a process; before that, forks wait for nothing.
void let_forks_wait();

} // namespace tonecast
