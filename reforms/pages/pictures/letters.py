"""How wide words are, well enough to make room for them: nobody can be asked who draws them."""

# Shares of the size of the letters, in a wide sans-serif; what is not listed is of middle width.
_NARROW = frozenset("iIjlfrt.,:;'|!()[]{}·`ІіЇї“”‘’")
_WIDE = frozenset("mwMW@%—ЖШЩЫЮФжшщыюфҚ…")
_BLANK_SHARE = 0.35
_NARROW_SHARE = 0.40
_MIDDLE_SHARE = 0.61
_CAPITAL_SHARE = 0.70
_WIDE_SHARE = 0.95


def width(text: str, size: float) -> int:
    """The width of a text in pixels, rather too wide than too narrow."""
    return round(size * sum(_of(letter) for letter in text))


def _of(letter: str) -> float:
    if letter in _NARROW:
        return _NARROW_SHARE
    if letter in _WIDE:
        return _WIDE_SHARE
    if letter.isspace():
        return _BLANK_SHARE
    return _CAPITAL_SHARE if letter.isupper() else _MIDDLE_SHARE


def lines(text: str, size: float, room: float, most: int) -> list[str]:
    """The text in at most so many lines of so many pixels; what has no room ends in an ellipsis."""
    found: list[str] = []
    for word in text.split():
        if found and width(f"{found[-1]} {word}", size) <= room:
            found[-1] += f" {word}"
        else:
            found.append(word)
    cut = len(found) > most
    found = [_fitting(line, size, room) for line in found[:most]]
    if cut:
        last = found[-1]
        while last and width(f"{last}…", size) > room:
            last = last[:-1]
        found[-1] = last.rstrip(" ,.;:") + "…"
    return found


def _fitting(line: str, size: float, room: float) -> str:
    """A line of one word that is longer than any line is cut."""
    if width(line, size) <= room:
        return line
    while width(f"{line}…", size) > room:
        line = line[:-1]
    return f"{line}…"
