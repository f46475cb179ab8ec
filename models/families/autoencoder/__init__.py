"""The convolutional autoencoders CAE and CAFx, as networks, frame graphs and weights."""
