"""The version of Anchor Desk, as pyproject.toml and CHANGELOG.md have it."""

VERSION = "1.0.0"
