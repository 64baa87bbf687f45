"""Exemplar: a customer-service assistant that reads how a customer feels."""

__version__ = "0.1.0"
