"""Streamlit's static files, copied once with our patches and compressed beforehand.

The copy's folder is named after all it is made of, so a browser may keep its files for ever: what
is made of anything else has another address. `python -m ui.app.packed_static` makes it.
"""

import gzip
import hashlib
import os
import re
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from data.palette import DARK, LIGHT
from data.settings import STATIC
from ui import joined
from ui.app import packed_fonts
from ui.frame import look

FOLDER = STATIC / ".packed"  # hidden: the gate lets nobody in but through its own address
ADDRESS = "/s"
_TEXT = {".js", ".css", ".html", ".json", ".svg"}
_SHORTEST = 600  # bytes that are worth compressing
_KEEP = 2  # copies: pages that are open may still want files of the one before
_IMPORT = re.compile(r"(?:from|import)\"\./([^\"/]+\.js)\"")
_INDEX = "index.html"
_SCRIPTS = "static/js/index.*.js"
_STYLES = "static/css/index.*.css"
ICONS = "static/media/MaterialSymbols-Rounded.*.woff2"
LETTERS = "static/media/SourceSansVF-Upright.*.woff2"
# Streamlit's scripts of what the Map shows at once: asked for with the page, not when it is drawn
FIRST_SCREEN = (
    "Html",
    "PageLink",
    "BidiComponent",
    "Button",
    "ButtonGroup",
    "Selectbox",
    "ComponentInstance",
)
AGAIN = "This page goes on by itself as soon as it answers."


class Misfit(ValueError):
    """A patch does not fit this version of Streamlit; the sentence says which."""


@dataclass(frozen=True)
class Patch:
    """What is replaced in the files of a pattern: `old` (a regular expression) once in all."""

    name: str
    files: str
    old: str
    new: str


def _said(name: str, old: str, new: str) -> Patch:
    """Words of the dialog on a lost connection, in the script where they stand."""
    return Patch(name, _SCRIPTS, old, new)


PATCHES = (
    _said("title", "`Connection error`", "`No connection to Porchlight`"),
    _said(
        "lost here",
        r"`Is Streamlit still running\?[^`]*`,codeBlock:`[^`]*`",
        f"`Porchlight does not answer. If it runs on this computer, start it again. {AGAIN}`",
    ),
    _said(
        "lost elsewhere",
        r"`Streamlit server is not responding\.[^`]*`",
        f"`Porchlight does not answer. Are you connected to the internet? {AGAIN}`",
    ),
    _said(
        "refused",
        r"`Cannot connect to Streamlit \(HTTP status: 403\)[^`]*`",
        "`Porchlight lets this page in no longer. Load it again; you may have to sign in.`",
    ),
    _said(
        "other answer",
        r"`Connection failed with status \$\{(\w+)\}\$\{\w+\?`[^`]*`:`[^`]*`\}`",
        r"`Porchlight cannot serve this page (status ${\1}). Load it again; you may have to sign in.`",
    ),
    _said(
        "slow",
        r"\{message:`Connection timed out\.`\}",
        f"{{message:`Porchlight takes long to answer. {AGAIN}`}}",
    ),
    Patch(
        "letters",
        _STYLES,
        r"(@font-face\{font-family:Source Sans;[^}]*?)(\.\./media/SourceSansVF-Upright[^)]*)"
        r"\.woff2(\)format\(\"woff2\"\))\}",
        rf"\1\2.woff2\3;unicode-range:{packed_fonts.css_range(packed_fonts.REST)}}}"
        rf"\1\2.small.woff2\3;unicode-range:{packed_fonts.css_range(packed_fonts.SMALL)}}}"
        # the last one goes before the others; its lines are as high as those of the others
        rf"\1{{letters}}\3;ascent-override:100%;descent-override:32.6%;line-gap-override:0%;"
        rf"unicode-range:{packed_fonts.css_range(packed_fonts.LATIN)}}}",
    ),
    Patch(
        "letters first", _INDEX, r"\./static/media/SourceSansVF-Upright[^\"]*\.woff2", "{letters}"
    ),
    Patch(
        "name of the page",
        _INDEX,
        "<title>Streamlit</title>",
        "<title>Porchlight</title>{early_style}",
    ),
    Patch("scripts of the first screen", _INDEX, "</head>", "{first_screen}\n  </head>"),
    Patch(
        "link to what is closed",
        _INDEX,
        r"<!--(?:(?!-->).)*-->\s*<link rel=\"service-desc\"[^>]*>",
        "",
    ),
    Patch(
        "without scripts",
        _INDEX,
        "<noscript>.*?</noscript>",
        "<noscript><p>Porchlight draws its maps and charts with JavaScript. Switch it on to read "
        "this page.</p></noscript>",
    ),
)


def early_style() -> str:
    """What a page has before any script: its paper and our style, above Streamlit's in rank."""
    style = look.STYLE.removeprefix("<style>").removesuffix("</style>")
    dark = f"@media (prefers-color-scheme: dark) {{ html {{ background: {DARK.paper} }} }}"
    return f"<style>html {{ background: {LIGHT.paper} }} {dark}\n:root {{ {style} }}</style>"


def source() -> Path:
    """The folder of Streamlit's own static files."""
    from streamlit import file_util

    return Path(file_util.get_static_dir())


def digest() -> str:
    """The name of the copy of today: of Streamlit's files, our code and style, and the tools."""
    parts = [_version(name) for name in ("streamlit", "brotli", "fonttools")]
    parts += [joined.versioned(joined.LETTERS) if (STATIC / joined.LETTERS).is_file() else ""]
    parts += [(source() / _INDEX).read_text(encoding="utf-8"), early_style()]
    parts += sorted(packed_fonts.our_icons())
    parts += [Path(m).read_text(encoding="utf-8") for m in (__file__, packed_fonts.__file__)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


def _version(name: str) -> str:
    """The version of a library; "" where it is not installed, as after an update of ours alone."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def find(folder: Path = FOLDER) -> Path | None:
    """The copy of today; None where it has not been made, or is another user's alone."""
    made = folder / digest()
    return made if can_serve(made) else None


def can_serve(copy: Path) -> bool:
    """Return whether a copy is there and may be read."""
    return os.access(copy / _INDEX, os.R_OK)


def pack(folder: Path = FOLDER, static: Path | None = None) -> Path:
    """Make the copy of today (some seconds) and return its folder; it appears as a whole.

    Misfit where Streamlit's files are not those that the patches were written for.
    """
    name, static = digest(), static or source()
    folder.mkdir(parents=True, exist_ok=True)
    if folder.stat().st_uid == os.getuid():
        folder.chmod(0o755)
    making, made = folder / f".{name}-{os.getpid()}", folder / name
    try:
        shutil.copytree(static, making, copy_function=shutil.copyfile)
        _fonts(making)
        for patch in PATCHES:
            apply(patch, making)
        _fill(next(making.glob(_STYLES)), letters=letters_address())
        _fill(
            making / _INDEX,
            letters=letters_address(),
            early_style=early_style(),
            first_screen=_first_screen(making),
        )
        _fill(making / _INDEX, **{'"./static/': f'"{ADDRESS}/{name}/static/'})
        with ThreadPoolExecutor(2) as several:
            list(several.map(_compress, [f for f in making.rglob("*") if f.suffix in _TEXT]))
        _open_to_all(making)
        shutil.rmtree(made, ignore_errors=True)
        making.rename(made)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    drop_old(folder)
    return made


def drop_old(folder: Path) -> None:
    """Remove all copies but the newest ones."""
    copies = [file for file in folder.glob("[!.]*") if file.is_dir()]
    for old in sorted(copies, key=lambda file: file.stat().st_mtime)[:-_KEEP]:
        shutil.rmtree(old, ignore_errors=True)


def apply(patch: Patch, tree: Path) -> None:
    """Patch the files of a tree. Misfit where what is replaced does not stand there once."""
    count = 0
    for file in tree.glob(patch.files):
        text, times = re.subn(
            patch.old, patch.new, file.read_text(encoding="utf-8"), flags=re.DOTALL
        )
        count += times
        if times:
            file.write_text(text, encoding="utf-8")
    if count != 1:
        raise Misfit(f"the patch {patch.name!r} fits {count} times, not once")


def _fill(file: Path, **parts: str) -> None:
    """Put texts into a file where their names stand in braces."""
    text = file.read_text(encoding="utf-8")
    for name, part in parts.items():
        text = text.replace(f"{{{name}}}" if name.isidentifier() else name, part)
    file.write_text(text, encoding="utf-8")


def letters_address() -> str:
    """The address of the letters of the map's frame, which the page takes too."""
    if not (STATIC / joined.LETTERS).is_file():
        raise Misfit(f"{joined.LETTERS} is not there: make static/vendor/ready")
    return joined.versioned(joined.LETTERS)


def _first_screen(tree: Path) -> str:
    """Links to the scripts of `FIRST_SCREEN` and to all that these import, once each."""
    folder = tree / "static/js"
    index = (tree / _INDEX).read_text(encoding="utf-8")
    left, found = [], []
    for name in FIRST_SCREEN:
        files = list(folder.glob(f"{name}.????????.js"))
        if len(files) != 1:
            raise Misfit(f"there is no one script {name}")
        left += [files[0].name]
    while left:
        name = left.pop(0)
        if f'/{name}"' in index or name in found:
            continue
        found.append(name)
        left += _IMPORT.findall((folder / name).read_text(encoding="utf-8"))
    return "".join(
        f'\n    <link rel="modulepreload" crossorigin href="./static/js/{name}">' for name in found
    )


def _fonts(tree: Path) -> None:
    """Put the small faces into a tree: all icons that Streamlit's scripts or our code name."""
    for pattern in (ICONS, LETTERS):
        if len(list(tree.glob(pattern))) != 1:
            raise Misfit(f"there is no one font {pattern}")
    icons, letters = next(tree.glob(ICONS)), next(tree.glob(LETTERS))
    letters.with_suffix(".small.woff2").write_bytes(
        packed_fonts.subset_letters(letters.read_bytes())
    )
    known = packed_fonts.icons_in(icons.read_bytes())
    theirs = packed_fonts.icons_named([tree / "static/js"], ".js") & known
    try:
        small = packed_fonts.subset_icons(icons.read_bytes(), theirs | packed_fonts.our_icons())
    except ValueError as error:
        raise Misfit(str(error)) from None
    icons.write_bytes(small)


def _open_to_all(tree: Path) -> None:
    """Let every user read a tree, whatever the umask: nothing of ours is in it, and the team's
    and the public's dashboards may be two users with one checkout."""
    tree.chmod(0o755)
    for file in tree.rglob("*"):
        file.chmod(0o755 if file.is_dir() else 0o644)


def _compress(file: Path) -> None:
    """Put the compressed twins of a file beside it."""
    import brotli

    body = file.read_bytes()
    if len(body) >= _SHORTEST:
        file.with_name(f"{file.name}.br").write_bytes(brotli.compress(body, quality=9))
        file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(body, 9, mtime=0))


def main() -> int:
    """Make the copy of today, unless it is there; 1 with a sentence where it cannot be."""
    folder = Path(*sys.argv[1:]) if sys.argv[1:] else FOLDER
    try:
        if find(folder) is None:
            pack(folder)
    except (Misfit, OSError, ImportError) as problem:
        print(
            f"Streamlit's files are served as they are, slower to load: {problem}.",
            file=sys.stderr,
            flush=True,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
