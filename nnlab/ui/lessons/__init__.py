"""What each lesson's page shows: its controls, its tasks and its worked numbers. One module for
each page."""
