"""What a poll and an inbox cost, beside something plain and beside two other kits."""
