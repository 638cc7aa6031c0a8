"""Pictures of the gallery's states: how they are taken, and how far two of them are apart."""

from io import BytesIO

from PIL import Image, ImageChops, ImageFilter
from playwright.sync_api import Page, ViewportSize

STATES = [
    "panel",
    "panel-new",
    "panel-empty",
    "panel-off",
    "panel-loading",
    "panel-offline",
    "items",
    "items-back",
    "item-menu",
    "panel-rich",
    "items-rich",
    "toasts",
    "list",
    "list-snoozed",
    "preferences",
    "preferences-sources",
    "preferences-changed",
    "preferences-awkward",
    "preferences-error",
]
LOOKS = {
    "light": "scheme=light",
    "dark": "scheme=dark",
    "phone": "scheme=light",
    "rtl": "scheme=light&lang=ar",
}
WINDOW: ViewportSize = {"width": 760, "height": 900}
PHONE: ViewportSize = {"width": 360, "height": 740}
NAMES = [f"{state}-{look}" for state in STATES for look in LOOKS]

# Fonts differ from machine to machine: what is compared is where things are and what colour they
# have, on a picture in which a letter is no more than a shade.
CELL = 12


def take(page: Page, name: str) -> bytes:
    """Go to the state in a window of the look's size and return its picture, as PNG.

    The page must be of a context whose locale is English.
    """
    state, _, look = name.rpartition("-")
    window = PHONE if look == "phone" else WINDOW
    if state.startswith("preferences"):
        # The word "Saved" keeps to the lower edge, which in a lower window is anywhere.
        window = window | {"height": 2000}
    page.set_viewport_size(window)
    page.goto(f"/gallery/bare/states/{state}/?{LOOKS[look]}")
    return page.locator(".gallery-state__stage").screenshot(animations="disabled")


def difference(one: bytes, other: bytes) -> float:
    """How far two pictures are apart, from 0 for the same to 100: the mean of the worst tenth."""
    pair = [Image.open(BytesIO(each)).convert("RGB") for each in (one, other)]
    size = tuple(max(8, length // CELL) for length in pair[0].size)
    small = [each.resize(size, Image.Resampling.BOX) for each in pair]
    apart = ImageChops.difference(*(each.filter(ImageFilter.BoxBlur(1)) for each in small))
    cells = sorted(apart.convert("L").tobytes(), reverse=True)
    worst = cells[: max(1, len(cells) // 10)]
    return sum(worst) / len(worst) / 2.55


def heights(one: bytes, other: bytes) -> tuple[int, int]:
    """The heights of both, which tell whether something wraps or is missing."""
    return tuple(Image.open(BytesIO(each)).height for each in (one, other))
