"""The shared package of the book of executable proofs: networks, measurements, evidence, claims and pages."""

import jax

from .notebook import rerun

__all__ = ["rerun"]
jax.config.update("jax_enable_x64", True)  # an inequality that is judged in float32 is an inequality about float32

__version__ = "0.1.0"
