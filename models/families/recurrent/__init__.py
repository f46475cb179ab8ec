"""Recurrent networks: LSTM, GRU and dense layers, one after the other."""
