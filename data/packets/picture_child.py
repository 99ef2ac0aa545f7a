"""A picture written anew from its pixels alone, in a process that gave up memory and network."""

import sys
from pathlib import Path

from data.jobs.confined import confine

MOST_PIXELS = 80_000_000
_FORMATS = ("JPEG", "PNG", "WEBP")


def rewrite_picture(source: Path, target: Path) -> None:
    """Write the pixels of a picture as PNG, turned as its metadata say, without any of them.

    OSError or ValueError where it is no picture, or too large.
    """
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2  # twice as many are an error to Pillow
    with Image.open(source, formats=_FORMATS) as opened:
        upright = ImageOps.exif_transpose(opened).convert("RGBA" if "A" in opened.mode else "RGB")
    plain = Image.frombytes(upright.mode, upright.size, upright.tobytes())
    plain.save(target, "PNG")


if __name__ == "__main__":
    confine()
    rewrite_picture(Path(sys.argv[1]), Path(sys.argv[2]))
