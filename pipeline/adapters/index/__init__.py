"""The index: what is stored, in SQL. It can be rebuilt from the manifests of the store."""
