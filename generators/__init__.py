"""Huibao 汇报: department workbooks in, the official report and its summary workbook out."""

__version__ = "0.1.0"
