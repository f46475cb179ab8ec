"""Pictures of sound: spectrograms before and after, and how a control moved."""
