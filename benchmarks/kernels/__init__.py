"""The autoencoders' kernels, compared with ONNX Runtime and with the deadline."""
