"""The Python API: one campaign as an object, tables as pandas DataFrames."""

from designer.api.campaign import Campaign
from designer.api.messages import DesignerWarning

__all__ = ["Campaign", "DesignerWarning"]
