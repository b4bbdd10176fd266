"""Compare predictions with references: metrics, intervals and the report."""
