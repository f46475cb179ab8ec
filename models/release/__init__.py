"""Effects that ship: from a checkpoint to an effect file and its model card."""
