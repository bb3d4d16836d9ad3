"""The page at /docs: reads the OpenAPI documents in the browser and makes calls."""

from infra.docs_page.bundle import CONTENT_SECURITY_POLICY, build

__all__ = ["CONTENT_SECURITY_POLICY", "build"]
