"""The kernels of the autoencoders, against ONNX Runtime and against the deadline."""
