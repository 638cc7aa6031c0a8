"""What the poll costs, beside an empty logged-in view and beside two other kits."""
