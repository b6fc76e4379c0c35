"""Letters that look like Latin ones, and so could make a second `ann` of other letters.

Owns: the table, and a text with each of them in its Latin form.
Never: marks, letter case and width; `names.py` has dealt with those before.

From Unicode's confusables.txt (UTS #39): the letters that a user name may have and that are taken
for one Latin letter; with them three Cyrillic ones that differ in height alone.
"""

_LOOK_ALIKES = {
    "a": "\u0251\u03b1\u0430",
    "b": "\u1472\u15af",
    "c": "\u0441\u1d04\u2ca5\uabaf\U0001043d",
    "d": "\u0501\u146f\ua4d2",
    "e": "\u0435\u04bd\uab32",
    "f": "\u0584\u1e9d\ua799\uab35",
    "g": "\u018d\u0261\u0581\u1d83",
    "h": "\u04bb\u0570",
    "i": "\u0131\u0269\u026a\u03b9\u0456\u04cf\ua647\uab75\U000118c3",
    "j": "\u03f3\u0458",
    "k": "\u043a",
    "l": "\u01c0\u06f1\u16c1\u2d4f\ua4f2\U0001028a\U00010309\U00016f28",
    "m": "\u043c",
    "n": "\u0578\u057c",
    "o": (
        "\u03bf\u03c3\u043e\u0585\u06f5\u0966\u0a66\u0ae6\u0be6\u0c02\u0c66\u0c82\u0ce6"
        "\u0d02\u0d20\u0d66\u0d82\u0e50\u0ed0\u101d\u1040\u10ff\u1d0f\u1d11\u2c9f\uab3d"
        "\U0001042c\U000104ea\U000118c8\U000118d7"
    ),
    "p": "\u03c1\u0440\u2ca3",
    "q": "\u051b\u0563\u0566",
    "r": "\u0433\u1d26\u2c85\uab47\uab48\uab81",
    "s": "\u01bd\u0455\ua731\uabaa\U00010448\U000118c1",
    "t": "\u0442",
    "u": "\u028b\u03c5\u057d\u1d1c\ua79f\uab4e\uab52\U000104f6\U000118d8",
    "v": "\u03bd\u0475\u1d20\uaba9\U00011706\U000118c0",
    "w": "\u026f\u0461\u051d\u0561\u1d21\uab83\U0001170a\U0001170e\U0001170f",
    "x": "\u0445\u1541\u157d",
    "y": "\u0263\u028f\u03b3\u0443\u04af\u10e7\u1d8c\u1eff\uab5a\U000118dc",
    "z": "\u1d22\uab93\U000118c4",
}
_LATIN = str.maketrans(
    {letter: latin for latin, letters in _LOOK_ALIKES.items() for letter in letters}
    | {"0": "o", "1": "l"}
)
# Two letters side by side that read as one.
_PAIRS = (("rn", "m"), ("vv", "w"))


def in_latin(text: str) -> str:
    """Return the text with each letter that looks like a Latin one replaced by that."""
    latin = text.translate(_LATIN)
    for pair, letter in _PAIRS:
        latin = latin.replace(pair, letter)
    return latin
