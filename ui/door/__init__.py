"""The form for reports: plain pages without scripts, sealed for the desk when they are sent."""
