"""Files of messages and tables of reports as tips: one module a format, senders hashed at the door."""
