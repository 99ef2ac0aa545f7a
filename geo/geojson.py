"""GeoJSON (RFC 7946) as typed values: features with the properties that a caller names."""

from typing import Any, Generic, Literal, TypedDict, TypeVar

P = TypeVar("P")


class Geometry(TypedDict):
    """A shape; `coordinates` are lists of lists, as deep as its type says."""

    type: str
    coordinates: list[Any]


class Feature(TypedDict, Generic[P]):
    """A shape with its properties."""

    type: Literal["Feature"]
    properties: P
    geometry: Geometry


class FeatureCollection(TypedDict, Generic[P]):
    """Shapes with their properties."""

    type: Literal["FeatureCollection"]
    features: list[Feature[P]]
