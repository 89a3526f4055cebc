"""Data sets chosen to break hypotheses: inputs as rows, with their Gram matrix, angles, norms or margin known exactly.

They lie along the coordinate axes as far as they can, so that the float64 entries are the exact numbers but for one
rounding each, and a norm is 1 to a few units in the last place. Gaussian weights cannot tell a set from a rotated one.
"""

import math
from typing import NamedTuple

import jax.numpy as jnp
import jax.random as jr
import numpy as np
from jaxtyping import Array, Float


class Labelled(NamedTuple):
    """Inputs of two classes; the largest margin min_i y_i <w, x_i> over unit vectors w is that of `direction`."""

    inputs: Float[Array, "inputs dim"]
    labels: Float[Array, " inputs"]  # y_i in {-1, 1}
    direction: Float[Array, " dim"]  # w
    margin: float  # gamma


def one_point(dim: int, *, copies: int = 1) -> Float[Array, "copies dim"]:
    """One unit vector, `copies` times: every entry of the Gram matrix is 1, its smallest eigenvalue 0 from two on.

    Raises ValueError if a size is below 1. Two copies break every "no two inputs are parallel".
    """
    return jnp.tile(orthonormal(1, dim), (_whole("copies", copies, 1), 1))


def orthonormal(count: int, dim: int) -> Float[Array, "count dim"]:
    """The first `count` coordinate vectors: the Gram matrix is the identity.

    Raises ValueError unless 1 <= count <= dim.
    """
    return jnp.asarray(_axes(count, dim))


def unequal_norms(norms, dim: int) -> Float[Array, "count dim"]:
    """Orthogonal inputs of the given norms: the Gram matrix is diag(norms^2), exactly.

    Raises ValueError if a norm is negative or not finite, or there are more norms than dim. A ratio of 1e6 breaks what
    forgets that the papers' inputs have unit norm (zhang22 Assumption 1, frei19 Assumption 3.1).
    """
    norms = np.asarray(norms, float)
    if norms.ndim != 1 or not (np.isfinite(norms).all() and (norms >= 0).all()):
        raise ValueError(f"norms must be a list of finite numbers >= 0, got {norms.tolist()}")
    return jnp.asarray(norms[:, None] * _axes(len(norms), dim, "norms"))


def antipodal(pairs: int, dim: int) -> Float[Array, "inputs dim"]:
    """Coordinate vectors e_1 .. e_k and then -e_1 .. -e_k, k = pairs: inner products 0, and -1 within a pair.

    The Gram matrix has eigenvalues 2 and 0, k times each; the inputs are distinct and yet parallel (du18 section 3).
    Raises ValueError unless 1 <= pairs <= dim.
    """
    axes = _axes(pairs, dim, "pairs")
    return jnp.asarray(np.concatenate([axes, -axes]) + 0.0)  # + 0.0: no negative zeros


def nearly_parallel(count: int, dim: int, *, angle: float) -> Float[Array, "count dim"]:
    """Unit vectors, every two at the same angle: sqrt(cos angle) e_1 + sqrt(1 - cos angle) e_(i+1).

    The Gram matrix is cos(angle) off its diagonal, with smallest eigenvalue 1 - cos(angle) = 2 sin(angle/2)^2 for
    count >= 2; distances are 2 sin(angle/2), the delta of zhang22 Assumption 1, to relative precision however small the
    angle. Raises ValueError unless 0 < angle <= pi/2 and 1 <= count < dim.
    """
    if not 0 < angle <= math.pi / 2:
        raise ValueError(f"angle must be in (0, pi/2], in radians, got {angle}")
    axes = _axes(_whole("count", count, 1) + 1, dim, "count + 1")
    return jnp.asarray(math.sqrt(math.cos(angle)) * axes[0] + math.sqrt(2) * math.sin(angle / 2) * axes[1:])


def separable(count: int, dim: int, *, margin: float, key) -> Labelled:
    """Random unit vectors of both classes with y_i <e_1, x_i> >= margin, and no direction of a larger margin.

    Labels alternate from 1. Both x_1 and x_2 attain the margin exactly, and y_1 x_1 + y_2 x_2 = 2 margin e_1, so every
    unit vector w has min_i y_i <w, x_i> <= margin. The other first coordinates are uniform in [margin, 1], the
    other directions uniform around e_1. Raises ValueError unless 0 < margin <= 1, count >= 2 and dim >= 2.
    Linear separability is what frei19's Proposition C.5 proves of the layers.
    """
    if not 0 < margin <= 1:
        raise ValueError(f"margin must be in (0, 1], got {margin}")
    count, dim = _whole("count", count, 2), _whole("dim", dim, 2)
    along_key, across_key = jr.split(key)
    along = jr.uniform(along_key, (count,), minval=margin, maxval=1.0).at[:2].set(margin)
    across = jr.normal(across_key, (count, dim - 1))
    across = across / jnp.linalg.norm(across, axis=1, keepdims=True)
    across = across.at[1].set(-across[0])
    signed = jnp.concatenate([along[:, None], jnp.sqrt((1 - along) * (1 + along))[:, None] * across], axis=1)
    labels = jnp.where(jnp.arange(count) % 2 == 0, 1.0, -1.0)
    return Labelled(labels[:, None] * signed, labels, orthonormal(1, dim)[0], float(margin))


def _axes(count, dim, name="count"):
    count, dim = _whole(name, count, 1), _whole("dim", dim, 1)
    if count > dim:
        raise ValueError(f"{name} must be at most dim, got {count} and {dim} (take a larger dim)")
    return np.eye(count, dim)


def _whole(name, value, least):
    if isinstance(value, bool) or value != int(value) or value < least:
        raise ValueError(f"{name} must be a whole number >= {least}, got {value}")
    return int(value)
