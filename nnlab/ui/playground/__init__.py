"""The playground: a session that plays, the stage that shows it, and what stands around them."""
