"""What a house with visitors needs beyond a laptop: its settings, its door, fair shares, and an eye
on how it does."""
