"""Causal convolutional networks: WaveNets as of Neural Amp Modeler, ConvNet, Linear."""
