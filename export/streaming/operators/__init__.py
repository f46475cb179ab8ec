"""PyTorch's functions as a trace has them, where PyTorch's own spelling of them cannot be streamed.

intercept ── what a module calls, while it is traced
recurrence ── LSTM, GRU and kin as one operator
attention ── with heads on an axis of their own
"""
