"""The OpenAPI documents, their comparison, and the migration guides: all follow from the routes."""
