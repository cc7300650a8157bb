"""Which manners a registration's product has."""

from lti.products.canvas import Canvas
from lti.products.moodle import Moodle
from lti.products.standard import Standard

PRODUCTS: dict[str, Standard] = {"canvas": Canvas(), "moodle": Moodle(), "other": Standard()}


def manners_of(product: str) -> Standard:
    """Find a product's manners by the name in its registration; the specification's for unknown ones."""
    return PRODUCTS.get(product, PRODUCTS["other"])
