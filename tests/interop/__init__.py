"""What other programs make of our files; they run in an environment of their own."""
