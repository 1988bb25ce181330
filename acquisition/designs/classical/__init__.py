"""The catalogue of classical designs: as they are published, before the machine is asked."""
