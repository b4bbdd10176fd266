"""Migrations of the studies' database, run by ``columnist.studies.storage.migrating``."""
