"""The catalogue: each KPI keeps its promises, each worked example is true."""
