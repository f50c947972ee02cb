"""Lines copied off a CMS-1500 (pure), item 24: ``07 15 26 07 15 26 11 45380 59 AB 500 00 1 NPI 1234567893``.

The letters before the charge point to diagnoses (24E, NUCC 1500 Claim Form Reference Instruction Manual) and have
the shape of a modifier; its dates have blanks between their parts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_OF_FORM = re.compile(r"\bNPI\b|(?<![0-9])[0-9]{10}(?![0-9])|(?<![0-9])[0-9]{2} [0-9]{2} [0-9]{2}(?![0-9])")
_DATE = re.compile(r"(?<![0-9])(0[1-9]|1[0-2]) (0[1-9]|[12][0-9]|3[01]) ([0-9]{2})(?![0-9])")
_CHARGE = r"\$?(?:[0-9,]+\.[0-9]{2}|[0-9]{1,6} [0-9]{2})(?![0-9])"
_POINTERS = re.compile(rf"(?<![0-9A-Z])((?=[A-L])A?B?C?D?E?F?G?H?I?J?K?L?)[ \t]+{_CHARGE}")


def without_pointers(cells: Sequence[str]) -> tuple[list[str], list[str]]:
    """The cells of a row of the form without its diagnosis pointers and the charge behind them; and the pointers.

    A row that shows no sign of the form stays as it is: there, letters before an amount are a modifier.
    """
    row = "\t".join(cells)
    if not _OF_FORM.search(row):
        return list(cells), []
    pointers = _POINTERS.findall(row)
    row = _POINTERS.sub(lambda found: "\t" * found[0].count("\t"), row)
    return _DATE.sub(r"\1/\2/\3", row).split("\t"), pointers
