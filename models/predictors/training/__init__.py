"""Training and evaluation of predictors, after Grachten, Deruty and Tanguy (2018), section 4."""
