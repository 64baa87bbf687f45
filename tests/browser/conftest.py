"""What the tests in a browser share."""

from __future__ import annotations

from playwright.sync_api import expect

# Seconds that guard against hanging, in milliseconds; Playwright's own five fail on a busy machine.
expect.set_options(timeout=60_000)
