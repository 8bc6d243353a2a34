"""The neural separator. Nothing is imported here: what is inside needs the extra `stems`."""
