"""postgres_changes: who asked for which rows, and which of them they may see."""
