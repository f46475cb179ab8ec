"""97 descriptors of the sound and 7 statistics of each, as PyTorch modules.

Grachten et al. (2018), section 4, compute them with Essentia; the definitions here are Essentia's
(`LowLevelSpectralExtractor` and the algorithms it calls), in operators that export to ONNX.
`tonecast.benchmarks.predictors.descriptor_agreement` compares the two and explains where they
differ.

Every part maps rows to values: a row is one frame of one window.
"""
