"""The eight laws of the design, each a test that every KPI of the catalogue passes."""
