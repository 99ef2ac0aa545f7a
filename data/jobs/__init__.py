"""What reads outside files and sets a place up, in processes of their own with limits."""
