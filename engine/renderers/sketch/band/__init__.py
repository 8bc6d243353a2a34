"""The players: each reads the chart and writes the lines of its part."""
