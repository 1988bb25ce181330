"""The Python API: one campaign as an object, tables as pandas DataFrames."""

from designer.api.campaign import Campaign

__all__ = ["Campaign"]
