"""Where tables, lines and progress bars go. Everything that draws takes its console from here."""

from __future__ import annotations

from rich.console import Console
from typer import rich_utils

WIDE = 400


def console(*, stderr: bool = False) -> Console:
    """A console that writes plain text where nobody looks: no escape codes and no wrapping into a file or pipe.

    NO_COLOR takes away bold and dim too: who sets it wants no codes, and a reader of a log gets none.
    """
    made = Console(stderr=stderr)
    if made.no_color:
        made = Console(stderr=stderr, color_system=None)
    if not made.is_terminal:
        made.width = WIDE  # a file or pipe has no edge to wrap at
    return made


def obey_no_color() -> None:
    """The help pages are drawn by Typer, which keeps bold and dim under NO_COLOR."""
    if Console().no_color:
        rich_utils.COLOR_SYSTEM = None
