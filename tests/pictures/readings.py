"""What a test reads of a picture: its texts with their places, and whether they lie inside."""

import re
import xml.etree.ElementTree as ET
from typing import NamedTuple

from data.pictures.letters import letters

_NAMESPACE = "{http://www.w3.org/2000/svg}"
_MOVE = re.compile(r"translate\(([-\d.]+)[ ,]([-\d.]+)\)")
_SCALE = re.compile(r"scale\(([-\d.]+)\)")


class Text(NamedTuple):
    """A text of a picture in units of its sheet: its left and right end, its baseline, its words."""

    left: float
    right: float
    y: float
    says: str


def parsed(body: bytes) -> ET.Element:
    return ET.fromstring(body.decode())


def sheet_size(root: ET.Element) -> tuple[float, float]:
    _, _, wide, high = map(float, root.attrib["viewBox"].split())
    return wide, high


def texts(root: ET.Element) -> list[Text]:
    """All texts that stand upright, wherever groups have moved them."""
    found: list[Text] = []
    _walk(root, 0, 0, 1, 1.0, found)
    return found


def _walk(
    node: ET.Element, x: float, y: float, scale: float, seen: float, found: list[Text]
) -> None:
    transform = node.attrib.get("transform", "")
    if moved := _MOVE.search(transform):
        x, y = x + float(moved[1]) * scale, y + float(moved[2]) * scale
    if scaled := _SCALE.search(transform):
        scale *= float(scaled[1])
    seen *= float(node.attrib.get("opacity", 1))
    if node.tag == f"{_NAMESPACE}text" and "rotate" not in transform and seen:
        found.append(_text(node, x, y, scale))
    for child in node:
        _walk(child, x, y, scale, seen, found)


def _text(node: ET.Element, x: float, y: float, scale: float) -> Text:
    size = float(re.sub(r"[a-z]", "", node.attrib.get("font-size", "11")))
    weight = 600 if node.attrib.get("font-weight") in ("600", "700", "bold") else 400
    says = "".join(node.itertext())
    wide = letters(size, weight).getlength(says) * scale
    at = x + float(node.attrib.get("x", 0)) * scale
    left = {"middle": at - wide / 2, "end": at - wide}.get(node.attrib.get("text-anchor", ""), at)
    return Text(left, left + wide, y + float(node.attrib.get("y", 0)) * scale, says)


def outside(body: bytes, slack: float = 2.0) -> list[Text]:
    """The texts that reach beyond the edge of a picture by more than `slack` units."""
    root = parsed(body)
    wide, high = sheet_size(root)
    return [
        text
        for text in texts(root)
        if text.left < -slack or text.right > wide + slack or not 0 <= text.y <= high + slack
    ]
