"""Erlang's `phash2` of a map of strings: the ids hosted Realtime gives bindings (pure).

Underneath is Bob Jenkins's lookup2 hash, in the public domain.
"""

from collections.abc import Mapping

_MASK = 0xFFFFFFFF
_GOLDEN = 0x9E3779B9
_BINARY, _MAP, _MAP_TAIL = 13, 16, 19  # multiples of the golden ratio tell kinds of terms apart
_RANGE_BITS = 27
_BLOCK = 12


def phash2(term: Mapping[str, str]) -> int:
    """A number below 2**27; the order of the keys does not matter."""
    pairs = 0
    for key, value in term.items():
        pairs ^= _hash_binary(value.encode(), _hash_binary(key.encode(), 0))
    head = _hash_number(len(term), _MAP, 0)
    hashed = _hash_number(pairs, _MAP_TAIL, head) if term else head
    return hashed & ((1 << _RANGE_BITS) - 1)


def _hash_number(number: int, kind: int, before: int) -> int:
    constant = _GOLDEN * kind & _MASK
    return _mix((constant + number) & _MASK, constant, before)


def _hash_binary(data: bytes, before: int) -> int:
    start = (_GOLDEN * _BINARY + before) & _MASK
    return _hash_block(data, start) if data else start


def _hash_block(data: bytes, start: int) -> int:
    a, b, c = _GOLDEN, _GOLDEN, start
    whole = len(data) - len(data) % _BLOCK
    for position in range(0, whole, _BLOCK):
        words = [
            int.from_bytes(data[position + at : position + at + 4], "little") for at in (0, 4, 8)
        ]
        a, b, c = _mixed((a + words[0]) & _MASK, (b + words[1]) & _MASK, (c + words[2]) & _MASK)
    rest = data[whole:]
    a = (a + int.from_bytes(rest[0:4], "little")) & _MASK
    b = (b + int.from_bytes(rest[4:8], "little")) & _MASK
    # The lowest byte of the last word belongs to the length.
    c = (c + len(data) + (int.from_bytes(rest[8:], "little") << 8)) & _MASK
    return _mix(a, b, c)


def _mix(a: int, b: int, c: int) -> int:
    return _mixed(a, b, c)[2]


def _mixed(a: int, b: int, c: int) -> tuple[int, int, int]:
    for right, left, last in ((13, 8, 13), (12, 16, 5), (3, 10, 15)):
        a = (a - b - c) & _MASK ^ (c >> right)
        b = (b - c - a) & _MASK ^ (a << left & _MASK)
        c = (c - a - b) & _MASK ^ (b >> last)
    return a, b, c
