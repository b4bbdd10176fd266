"""Register versions and walk their lineage: the only home of mlflow, with the steps."""
