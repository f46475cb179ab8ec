"""The figures of the papers, drawn of the effects that ship."""
