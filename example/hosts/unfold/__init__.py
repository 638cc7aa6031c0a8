"""The kit in Unfold."""
