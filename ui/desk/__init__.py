"""The pages of the desk: one tip dealt, the queue, what waits for an editor, history, numbers."""
