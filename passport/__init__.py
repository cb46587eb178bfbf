"""Skills Passport. This file imports nothing, so that every part can be started by itself."""
