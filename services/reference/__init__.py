"""The reference of the interfaces: completes the OpenAPI document with words and examples, and prints it as a page."""

from __future__ import annotations

from services.reference.completing import completed
from services.reference.page import page, policy

__all__ = ["completed", "page", "policy"]
