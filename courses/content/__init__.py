"""The seven module packs as data files, their JSON Schema, and the one reader."""
