"""Frames, tokens and the log's messages: what can be said without a server."""

import json
import struct
import time
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.stack.realtime import frames, jsontext, tokens
from scripts.stack.realtime.frames import MalformedFrameError, Message, UserBroadcast
from scripts.stack.realtime.pgoutput import (
    Decoder,
    RawChange,
    Unchanged,
    decode_change,
    decode_relation,
)
from tests.stack.realtime.phoenix import SECRET, binary_push

names = st.text(st.characters(codec="utf-8"), max_size=60)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=10,
)


@given(names, names, names, names, st.sampled_from([0, 1]), st.binary(), st.binary(max_size=9))
def test_binary_pushes_are_read_as_they_were_written(
    join_ref: str, ref: str, topic: str, event: str, encoding: int, payload: bytes, noise: bytes
) -> None:
    meta = json.dumps({"noise": noise.hex()}).encode()
    push = UserBroadcast(event, encoding, payload, meta)
    read = frames.decode(2, binary_push(join_ref, ref, topic, push))
    assert read == Message(join_ref or None, ref or None, topic, "broadcast", push)


def test_the_worked_example_of_a_binary_broadcast() -> None:
    push = bytes.fromhex("0301010d040001") + b"13" + b"realtime:room" + b"ping" + b'{"a":1}'
    read = frames.decode(2, push)
    assert (read.join_ref, read.ref, read.topic) == ("1", "3", "realtime:room")
    assert frames.user_broadcast_frame(read.topic, read.payload) == (
        bytes.fromhex("040d040001") + b"realtime:room" + b"ping" + b'{"a":1}'
    )


@given(st.binary(max_size=40))
def test_any_bytes_are_either_a_message_or_malformed(data: bytes) -> None:
    for version in (1, 2):
        try:
            message = frames.decode(version, data)  # type: ignore[arg-type]
        except MalformedFrameError:
            continue
        assert isinstance(message.topic, str)


@given(json_values, names, names)
def test_text_frames_are_read_as_they_were_written(payload: Any, ref: str, topic: str) -> None:
    sent = Message("1", ref, topic, "e", payload)
    text = frames.text_frame(2, sent, jsontext.dumps(payload))
    assert frames.decode(2, text) == sent
    assert frames.decode(1, frames.text_frame(1, sent, jsontext.dumps(payload))) == Message(
        None, ref, topic, "e", payload
    )


@pytest.mark.parametrize(
    ("vsn", "version"),
    [
        (None, 1),
        ("1.0.0", 1),
        ("1.0.7", 1),
        ("2.0.0", 2),
        ("2.0.x", None),
        ("2.1.0", None),
        ("", 1),
    ],
)
def test_versions(vsn: str | None, version: int | None) -> None:
    assert frames.parse_version(vsn) == version


def test_a_token_ends_strictly_after_now() -> None:
    text = jwt.encode({"role": "anon", "exp": 1000}, SECRET)
    assert tokens.verify(text, SECRET, 999.9).expires_at == 1000
    with pytest.raises(tokens.TokenError) as ended:
        tokens.verify(text, SECRET, 1000)
    assert ended.value.join_reason == "InvalidJWTToken: Token has expired 0 seconds ago"


@pytest.mark.parametrize("claims", [{"exp": "9999999999"}, {"exp": True}, {"iat": "now"}])
def test_times_must_be_numbers(claims: dict[str, Any]) -> None:
    payload = {"role": "anon", "exp": time.time() + 9, **claims}
    header = jwt.utils.base64url_encode(b'{"alg":"HS256","typ":"JWT"}')
    signed = header + b"." + jwt.utils.base64url_encode(json.dumps(payload).encode())
    signature = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    text = signed + b"." + jwt.utils.base64url_encode(signature.sign(signed, SECRET.encode()))
    with pytest.raises(tokens.TokenError) as refused:
        tokens.verify(text.decode(), SECRET, time.time())
    assert refused.value.problem == "malformed"


def test_tokens_may_be_url_encoded_or_broken_over_lines() -> None:
    text = jwt.encode({"role": "anon", "exp": 1000}, SECRET)
    for changed in (text.replace(".", "%2E"), text.replace(".", ".\n "), f" {text}\n"):
        assert tokens.verify(changed, SECRET, 1).role == "anon"


def test_the_key_a_signer_lacks_is_named() -> None:
    header = jwt.utils.base64url_encode(b'{"alg":"RS256","typ":"JWT","kid":"k1"}').decode()
    body = jwt.utils.base64url_encode(b"{}").decode()
    with pytest.raises(tokens.TokenError) as refused:
        tokens.verify(f"{header}.{body}.{body}", SECRET, 1)
    assert refused.value.join_reason == (
        'JwtSignerError: Failed to generate JWT signer for key ID (kid) "k1",'
        " check your JWT secret or JWKS configuration"
    )


def relation(*columns: tuple[str, int, bool]) -> bytes:
    parts = [b"R", struct.pack("!I", 7), b"public\0", b"t\0", b"d", struct.pack("!H", len(columns))]
    for name, oid, is_key in columns:
        parts.append(bytes([is_key]) + name.encode() + b"\0" + struct.pack("!Ii", oid, -1))
    return b"".join(parts)


def row(cells: list[str | Unchanged | None]) -> bytes:
    parts = [struct.pack("!H", len(cells))]
    for cell in cells:
        if isinstance(cell, str):
            text = cell.encode()
            parts.append(b"t" + struct.pack("!I", len(text)) + text)
        else:
            parts.append(b"n" if cell is None else b"u")
    return b"".join(parts)


cells = st.lists(st.text(st.characters(codec="utf-8")) | st.just(Unchanged.TOAST) | st.none())


@given(cells, cells | st.none(), st.booleans())
def test_rows_of_the_log_are_read_as_they_were_written(
    new: list[str | Unchanged | None],
    old: list[str | Unchanged | None] | None,
    is_full: bool,  # noqa: FBT001
) -> None:
    before = b"" if old is None else (b"O" if is_full else b"K") + row(old)
    data = b"U" + struct.pack("!I", 7) + before + b"N" + row(new)
    change = decode_change(RawChange(decode_relation(relation(("id", 23, True))), data))
    assert change.new == tuple(new)
    assert change.old == (None if old is None else tuple(old))
    assert change.is_old_full == (old is not None and is_full)


def test_a_transaction_is_delivered_at_its_commit_without_what_nobody_wants() -> None:
    begin = b"B" + struct.pack("!QqI", 99, 1_000_000, 5)
    insert = b"I" + struct.pack("!I", 7) + b"N" + row(["1"])
    note = b"M" + struct.pack("!BQ", 1, 98) + b"note\0" + struct.pack("!I", 0)
    for is_wanted in (True, False):
        decoder = Decoder(lambda _relation, wanted=is_wanted: wanted)  # type: ignore[misc]
        for message in (begin, relation(("id", 23, True)), insert, note):
            assert decoder.feed(message) is None
        done = decoder.feed(b"C" + bytes(25))
        assert done is not None
        assert (done.commit_lsn, done.notes) == (99, ["note"])
        assert done.committed_at.isoformat() == "2000-01-01T00:00:01+00:00"
        assert [change.kind for change in done.changes] == ["INSERT"] * is_wanted
