"""Reports as they come in: what one says, masked, sealed at the door, and how it is read again."""
