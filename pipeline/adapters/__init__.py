"""One library each; its errors are mapped to ours here."""
