"""A JAX function evaluated in ball arithmetic: the same code that was searched, now with a certain error.

`enclose` reads the function's jaxpr and carries out each operation on arrays of Arb balls. It knows the operations
that the ratios of this book are made of and refuses every other one, and every comparison that is not certain.
"""

import flint
import jax
import numpy as np

PRECISION = 200  # bits
FUNCTIONS = ("exp", "log", "sqrt", "tanh", "erf", "erfc", "sin", "cos", "log1p", "expm1", "asinh", "atan")
MOVES = {"broadcast_in_dim", "reshape", "squeeze", "expand_dims", "transpose", "rev", "slice", "concatenate", "gather",
         "dynamic_slice", "stack", "tile"}  # fmt: skip
NESTED = {"pjit": "jaxpr", "jit": "jaxpr", "closed_call": "call_jaxpr", "custom_jvp_call": "call_jaxpr",
          "custom_vjp_call": "call_jaxpr", "remat": "jaxpr", "checkpoint": "jaxpr"}  # fmt: skip


def enclose(function, *arguments) -> flint.arb:
    """The ball that certainly holds function(*arguments), a scalar; each float argument is its exact binary value.

    function: JAX, of trees of float64 arrays. Raises ValueError for an operation that it does not know or a
    comparison that it cannot decide.
    """
    closed = jax.make_jaxpr(function)(*arguments)
    with flint.ctx.workprec(PRECISION):
        (out,) = _run(closed.jaxpr, closed.consts, jax.tree.leaves(arguments))
        return flint.arb(np.asarray(out).item())


def _run(jaxpr, constants, inputs):
    known = {}

    def read(variable):
        return _balls(variable.val) if hasattr(variable, "val") else known[variable]

    known.update(zip(jaxpr.constvars, map(_balls, constants), strict=True))
    known.update(zip(jaxpr.invars, map(_balls, inputs), strict=True))
    for equation in jaxpr.eqns:
        values, name = [read(v) for v in equation.invars], equation.primitive.name
        whole = not any(value.dtype == object for value in values)
        if name == "cond":
            branch = equation.params["branches"][int(values[0])]
            results = _run(branch.jaxpr, branch.consts, values[1:])
        elif name in NESTED:
            inner = equation.params[NESTED[name]]
            results = _run(getattr(inner, "jaxpr", inner), getattr(inner, "consts", ()), values)
        elif whole and all(variable.aval.dtype.kind in "biu" for variable in equation.outvars):
            out = equation.primitive.bind(*values, **equation.params)  # whole numbers: JAX is exact
            results = [np.asarray(part) for part in (out if equation.primitive.multiple_results else [out])]
        elif name in MOVES:
            results = [_moved(equation.primitive, values, equation.params)]
        elif name in RULES:
            results = RULES[name](*values, **equation.params)
            results = results if isinstance(results, tuple) else (results,)
        else:
            raise ValueError(f"no ball arithmetic for the operation {name!r}: write the ratio with plainer ones")
        known.update(zip(equation.outvars, results, strict=True))
    return [read(v) for v in jaxpr.outvars]


def _balls(value):
    """An array of balls from floats; whole numbers and truth values stay as they are."""
    array = np.asarray(value)
    return _each(lambda x: flint.arb(float(x)))(array) if array.dtype.kind == "f" else array


def _each(function, out=object):
    """`function` of scalars as one of arrays that broadcast."""
    vector = np.vectorize(function, otypes=[out])
    return lambda *arrays, **_: vector(*arrays) if all(np.size(a) for a in arrays) else np.zeros(arrays[0].shape, out)


def _certain(yes, no):
    """A comparison of balls, refused where it is not certain."""

    def compare(a, b):
        if yes(a, b):
            return True
        if no(a, b):
            return False
        raise ValueError(f"cannot tell whether {a} or {b} is larger: the point lies on an edge")

    return _each(compare, bool)


def _sign(x):
    if x == 0:
        return x
    if x > 0 or x < 0:
        return type(x)(1 if x > 0 else -1)
    raise ValueError(f"the sign of {x} is not certain: the point lies on an edge")


def _power(x, *, y, **_):
    return _each(lambda a: a**y)(x)


def _reduce(step):
    def rule(x, *, axes, **_):
        for axis in sorted(axes, reverse=True):
            slices = [np.asarray(part) for part in np.moveaxis(x, axis, 0)]
            total = slices[0]
            for part in slices[1:]:
                total = step(total, part)
            x = np.asarray(total)
        return x

    return rule


def _dot(a, b, *, dimension_numbers, **_):
    (left, right), (batch_left, batch_right) = dimension_numbers
    letters = iter("abcdefghijklmnopqrstuvwxyz")
    names_a, names_b = [next(letters) for _ in a.shape], [next(letters) for _ in b.shape]
    for i, j in [*zip(batch_left, batch_right, strict=True), *zip(left, right, strict=True)]:
        names_b[j] = names_a[i]
    kept = [names_a[i] for i in batch_left]
    kept += [n for i, n in enumerate(names_a) if i not in (*batch_left, *left)]
    kept += [n for j, n in enumerate(names_b) if j not in (*batch_right, *right)]
    return np.asarray(np.einsum(f"{''.join(names_a)},{''.join(names_b)}->{''.join(kept)}", a, b))


def _moved(primitive, values, params):
    """What an operation does that only moves entries: it is carried out on their positions instead."""
    moving = [value for value in values if value.dtype == object]
    ends = np.cumsum([0, *(value.size for value in moving)])
    places = iter(np.arange(a, b).reshape(value.shape) for a, b, value in zip(ends, ends[1:], moving, strict=False))
    where = primitive.bind(*(next(places) if value.dtype == object else value for value in values), **params)
    if np.size(where) and (np.min(where) < 0 or np.max(where) >= ends[-1]):
        raise ValueError(f"the operation {primitive.name!r} reaches outside of its array")
    return np.asarray(np.concatenate([value.ravel() for value in moving])[np.asarray(where)], object)


def _select(which, *cases, **_):
    return _each(lambda w, *c: c[int(w)])(which, *cases)


def _singular_values(x, *, compute_uv, **_):
    if compute_uv or x.ndim != 2:
        raise ValueError("ball arithmetic follows the singular values of one matrix, not its singular vectors")
    short = x if x.shape[0] <= x.shape[1] else x.T
    return _each(_root)(_spectrum(short @ short.T)[::-1])


def _root(square):
    """The root of a number that is not negative, though its ball may be."""
    low, high = square.lower(), square.upper()
    return (low if low > 0 else flint.arb(0)).sqrt().union((high if high > 0 else flint.arb(0)).sqrt())


def _eigenvalues(x, **_):
    return np.full(x.shape, flint.arb("nan")), _spectrum(x)  # nobody may rely on the vectors


def _spectrum(symmetric):
    """The eigenvalues in ascending order. A tiny diagonal tells repeated ones apart; it moves none by more (Weyl)."""
    n = len(symmetric)
    tiny = (
        max((abs(x).upper() for x in np.ravel(symmetric)), default=flint.arb(0)).max(flint.arb(1)) / flint.arb(2) ** 120
    )
    moved = [[symmetric[i, j] + (i * tiny if i == j else 0) for j in range(n)] for i in range(n)]
    values = sorted((v.real for v in flint.acb_mat(moved).eig(algorithm="rump")), key=lambda v: float(v.mid()))
    return np.array([v + flint.arb(0, (n * tiny).upper()) for v in values], object)


def _method(name):
    return _each(lambda x: getattr(x, name)())


def _larger(a, b):
    return a.max(b) if isinstance(a, flint.arb) else max(a, b)


def _smaller(a, b):
    return a.min(b) if isinstance(a, flint.arb) else min(a, b)


_add = _each(lambda a, b: a + b)
RULES = {
    "add": _add, "sub": _each(lambda a, b: a - b), "mul": _each(lambda a, b: a * b),
    "add_any": _add, "div": _each(lambda a, b: a / b), "neg": _each(lambda a: -a),
    "max": _each(_larger), "min": _each(_smaller), "abs": _each(abs), "sign": _each(_sign),
    "square": _each(lambda a: a * a), "integer_pow": _power, "pow": _each(lambda a, b: a**b),
    "rsqrt": _method("rsqrt"), "logistic": _each(lambda a: 1 / (1 + (-a).exp())),
    **{name: _method(name) for name in FUNCTIONS},
    "gt": _certain(lambda a, b: a > b, lambda a, b: a <= b), "ge": _certain(lambda a, b: a >= b, lambda a, b: a < b),
    "lt": _certain(lambda a, b: a < b, lambda a, b: a >= b), "le": _certain(lambda a, b: a <= b, lambda a, b: a > b),
    "eq": _certain(lambda a, b: a == b, lambda a, b: a < b or a > b),
    "ne": _certain(lambda a, b: a < b or a > b, lambda a, b: a == b),
    "and": _each(lambda a, b: a & b, bool), "or": _each(lambda a, b: a | b, bool), "not": _each(lambda a: not a, bool),
    "is_finite": _each(lambda a: a.is_finite(), bool), "select_n": _select,
    "reduce_sum": _reduce(_add), "reduce_max": _reduce(_each(_larger)),
    "reduce_min": _reduce(_each(_smaller)), "reduce_prod": _reduce(_each(lambda a, b: a * b)),
    "svd": _singular_values, "eigh": _eigenvalues, "dot_general": _dot,
    "cumsum": lambda x, *, axis, reverse, **_: np.flip(np.cumsum(np.flip(x, axis), axis), axis) if reverse
    else np.cumsum(x, axis),
    "convert_element_type": lambda x, *, new_dtype, **_: _convert(x, np.dtype(new_dtype)),
    "stop_gradient": lambda x, **_: x, "copy": lambda x, **_: x, "copy_p": lambda x, **_: x,
    "iota": lambda *, dtype, shape, dimension, **_: _balls(np.broadcast_to(
        np.arange(shape[dimension]).reshape([-1 if i == dimension else 1 for i in range(len(shape))]), shape
    ).astype(dtype)),
}  # fmt: skip


def _convert(x, dtype):
    if dtype.kind != "f":  # of balls: what is whole already never comes here
        raise ValueError("a float becomes a whole number: ball arithmetic cannot follow")
    return x if x.dtype == object else _balls(x.astype(float))
