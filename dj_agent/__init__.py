"""The DJ: plays setlists with the studio's tools. Everything it does to music goes through MCP."""
