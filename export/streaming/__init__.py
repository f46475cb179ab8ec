"""From a module that plays a whole signal to one that plays it frame by frame, and the proof.

trace ── the module as a graph of operators on a whole signal
convert ── each operator by its rule: what looks back gets a state, what looks ahead a delay
proof ── the whole signal against the stream
"""
