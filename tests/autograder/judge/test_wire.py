"""Values as bytes: what passes arrives as it was, and bytes from a hostile side do nothing but fail."""

from __future__ import annotations

import random
import tracemalloc
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from enum import IntEnum, StrEnum
from typing import Any

import msgpack
import numpy as np
import pandas as pd
import pytest

from autograder.judge import wire
from autograder.judge.wire import CannotSendError, UnreadableError
from tests.autograder.judge import NoReferences, passed

Point = namedtuple("Point", "x y")


class Level(IntEnum):
    LOW = 1


class Tone(StrEnum):
    LOUD = "loud"


VALUES = [
    None,
    True,
    0,
    -1,
    2**63,
    2**64,
    -(2**63) - 1,
    -(2**300),
    1.5,
    -0.0,
    float("inf"),
    1j,
    "",
    "naïve 🙂",
    "half a \ud800 character",
    b"",
    b"\x00\xff",
    [],
    [1, [2, [3]]],
    (),
    (1, ("a", None)),
    set(),
    {1, "a", (2, 3)},
    frozenset({1, frozenset()}),
    {},
    {1: "a", "b": [2], (3, 4): None, None: 5, 1.5: {}, frozenset({6}): 7},
    range(2, 10, 3),
    slice(1, None, -1),
    ...,
    Counter("hello"),
    OrderedDict(b=1, a=2),
    deque([1, 2]),
]


@pytest.mark.parametrize("value", VALUES, ids=[f"{n}-{type(value).__name__}" for n, value in enumerate(VALUES)])
def test_plain_value_arrives_as_it_was(value: Any) -> None:
    assert (type(passed(value)), repr(passed(value))) == (type(value), repr(value))


ARRAYS = [
    np.arange(6).reshape(2, 3),
    np.arange(6).reshape(2, 3).T,
    np.arange(20)[::3],
    np.empty((0, 3)),
    np.array(1.5),
    np.array([True, False]),
    np.array(["a", "ßß"]),
    np.array([""]),
    np.array([b"a", b""]),
    np.array([1, 2], dtype=">i2"),
    np.array([1.5], dtype=np.float16),
    np.array([1.5], dtype=np.longdouble),
    np.array([1 + 2j], dtype=np.complex64),
    np.array(["2024-01-01", "NaT"], dtype="datetime64[D]"),
    np.array([1], dtype="timedelta64[ms]"),
    np.array([1, "a", None, [2]], dtype=object),
    np.array([[b"a"], [b"b"]], dtype=object),
    np.broadcast_to(np.float32(1), (3, 4)),
]


@pytest.mark.parametrize("array", ARRAYS, ids=repr)
def test_array_arrives_as_it_was(array: np.ndarray) -> None:
    arrived = passed(array)
    assert (type(arrived), arrived.dtype, arrived.shape) == (np.ndarray, array.dtype, array.shape)
    np.testing.assert_array_equal(arrived, array)
    assert arrived.flags.writeable


@pytest.mark.parametrize("scalar", [np.float64(0.1), np.int8(-3), np.bool(True), np.str_("a"), np.complex64(1j)])
def test_scalar_of_numpy_stays_one(scalar: np.generic) -> None:
    assert (type(passed(scalar)), passed(scalar)) == (type(scalar), scalar)


def random_value(chance: random.Random, depth: int = 0) -> Any:
    """Make up something nested."""
    plain = [
        lambda: None,
        lambda: chance.random() < 0.5,
        lambda: chance.randint(-(2 ** chance.randint(1, 90)), 2 ** chance.randint(1, 90)),
        lambda: chance.gauss(0, 1e10),
        lambda: "".join(chance.choices("aß🙂\n\0", k=chance.randint(0, 40))),
        lambda: chance.randbytes(chance.randint(0, 300)),
        lambda: complex(chance.random(), -1),
        lambda: frozenset(chance.choices(range(9), k=3)),
    ]
    nested = [
        lambda: [random_value(chance, depth + 1) for _ in range(chance.randint(0, 20))],
        lambda: tuple(random_value(chance, depth + 1) for _ in range(chance.randint(0, 4))),
        lambda: {chance.choice(plain)(): random_value(chance, depth + 1) for _ in range(chance.randint(0, 20))},
    ]
    return chance.choice(plain if depth > 4 else plain + nested + nested)()


@pytest.mark.parametrize("seed", range(40))
def test_random_nested_value_arrives_as_it_was(seed: int) -> None:
    value = [random_value(random.Random(seed)) for _ in range(5)]
    assert repr(passed(value)) == repr(value)


class Liar:
    """Equal to everything, says that it is something else."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 1


class Text(Liar, str):
    def __str__(self) -> str:
        return "something else"

    def __iter__(self) -> Any:
        return iter("else")


class Number(Liar, int):
    def __int__(self) -> int:
        return 7


class Real(Liar, float):
    def __float__(self) -> float:
        return 7.0


class Items(Liar, list):
    def __iter__(self) -> Any:
        return iter([7])


class Pairs(Liar, dict):
    def __iter__(self) -> Any:
        return iter([7])


class Bytes(Liar, bytes):
    pass


class Group(Liar, set):
    pass


class Array(np.ndarray):
    __hash__ = None

    def __eq__(self, other: object) -> Any:
        return True

    def __array_function__(self, *_: Any) -> Any:
        return True


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Text("text"), "text"),
        (Number(2), 2),
        (Number(2**70), 2**70),
        (Real(2.5), 2.5),
        (Items([1, 2]), [1, 2]),
        (Pairs(a=1), {"a": 1}),
        (Bytes(b"a"), b"a"),
        (Group({1}), {1}),
        (Point(1, 2), (1, 2)),
        (Level.LOW, 1),
        (Tone.LOUD, "loud"),
        (defaultdict(list, a=[1]), {"a": [1]}),
        (bytearray(b"a"), b"a"),
        (memoryview(b"ab"), b"ab"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_instance_of_a_subclass_arrives_plain(value: Any, plain: Any) -> None:
    for wrap in (lambda it: it, lambda it: [it], lambda it: {"key": (it,)}):
        assert repr(passed(wrap(value))) == repr(wrap(plain))


@pytest.mark.parametrize("array", [np.arange(3).view(Array), np.ma.array([1, 2])])
def test_subclass_of_an_array_arrives_as_an_array(array: Any) -> None:
    assert type(passed(array)) is np.ndarray


def itself() -> list[Any]:
    items: list[Any] = []
    items.append(items)
    return items


def nest(levels: int, kind: type) -> Any:
    value: Any = kind()
    for _ in range(levels):
        value = kind([value])
    return value


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ((i for i in []), "a generator; make a list of it"),
        (map(abs, []), "a map; make a list of it"),
        (zip([]), "a zip; make a list of it"),
        ({}.keys(), "a dict_keys; make a list of it"),
        (np, "the module numpy"),
        (object(), "a object"),
        (len, "a builtin_function_or_method"),
        (int, "a type"),
        (lambda: 0, "a function"),
        (NotImplemented, "a NotImplementedType"),
        (Liar(), "a tests.autograder.judge.test_wire.Liar"),
        (ValueError("x"), "a ValueError"),
        (np.random.default_rng(0), "a numpy.random._generator.Generator"),
        (np.dtype("f4"), "a numpy.dtypes.Float32DType"),
        (np.zeros(2, "i4,f4"), "an array of dtype [('f0', '<i4'), ('f1', '<f4')]"),
        (np.void(b"a"), "an array of dtype |V1"),
        (itself(), "a value that is nested too deeply, or that contains itself"),
        (nest(5000, list), "a value that is nested too deeply, or that contains itself"),
        (nest(200, tuple), "a value that is nested too deeply, or that contains itself"),
        (np.broadcast_to(0.0, (10**5, 10**5)), "76,294 MiB; 128 MiB are the most that passes"),
        ([np.broadcast_to(0.0, (9 << 20,))] * 2, "144 MiB; 128 MiB are the most that passes"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_does_not_pass_is_named(value: Any, said: str) -> None:
    for nested in (value, [{"key": (value,)}]):
        with pytest.raises(CannotSendError) as caught:
            passed(nested)
        assert str(caught.value) == said


@pytest.mark.parametrize(
    "value", [pd.Timestamp("2024"), pd.NaT, pd.Interval(0, 1), pd.DataFrame({"a": [1]}).groupby("a")]
)
def test_parts_of_pandas_do_not_pass(value: Any) -> None:
    with pytest.raises(CannotSendError, match=rf"^a pandas\..*{type(value).__name__}$"):
        passed([value])


def test_size_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "MAX_BYTES", 1 << 20)
    assert passed("a" * 1_000_000)
    with pytest.raises(CannotSendError, match="1 MiB are the most"):
        passed(["a" * 1_000_000] * 2)


# Tables


TABLES = [
    pd.DataFrame({"a": [1, 2], "b": ["x", None], "c": [0.5, np.nan]}),
    pd.DataFrame({"a": [1, 2]}, index=[0, 0]),
    pd.DataFrame([[1, "a"], [2, "b"]], columns=["same", "same"]),
    pd.DataFrame({"a": [1, 2, 3]}, index=pd.MultiIndex.from_tuples([(1, "x"), (1, "x"), (2, "y")], names=["n", None])),
    pd.DataFrame({("a", 1): [1], ("a", 2): [2]}),
    pd.DataFrame({"when": pd.to_datetime(["2024-01-01", None])}),
    pd.DataFrame({"a": [True, False]}, index=pd.Index(["x", "y"], name="key")),
    pd.DataFrame(index=[1, 2]),
    pd.DataFrame(),
]
COLUMNS = [
    pd.Series([1, 2], name="a"),
    pd.Series([1, None], dtype="Int64"),
    pd.Series([True, None], dtype="boolean"),
    pd.Series(["a", None], dtype="string"),
    pd.Series(["a", "b", "a"], dtype="category"),
    pd.Series([[1], {"a": 2}], index=["x", "x"]),
    pd.Series([1, 2], name=("a", 1)),
    pd.Series([], dtype=float),
]


@pytest.mark.parametrize("table", TABLES, ids=repr)
def test_table_arrives_as_it_was(table: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(passed(table), table)


@pytest.mark.parametrize("column", COLUMNS, ids=repr)
def test_column_arrives_as_it_was(column: pd.Series) -> None:
    pd.testing.assert_series_equal(passed(column), column)


# Bytes from a hostile side


def extension(code: int, *parts: Any) -> msgpack.ExtType:
    return msgpack.ExtType(code, msgpack.packb(list(parts), unicode_errors="surrogatepass"))


def bare(code: int, parts: Any) -> msgpack.ExtType:
    return msgpack.ExtType(code, msgpack.packb(parts))


def read(value: Any) -> Any:
    return wire.unpack(msgpack.packb(value), NoReferences())


A_RANGE = extension(wire.RANGE, 0, 10**15, 1)
COLUMN = extension(wire.ARRAY, "<i8", [1], bytes(8))
INDEX = extension(wire.INDEX, [None], False, "<i8", COLUMN)

HOSTILE = {
    "unknown extension": bare(99, []),
    "unknown reference": extension(wire.REFERENCE, "library", "os", "system"),
    "objects by dtype": extension(wire.ARRAY, "|O", [1], bytes(8)),
    "objects by name": extension(wire.ARRAY, "object", [1], bytes(8)),
    "structured": extension(wire.ARRAY, "i4,O", [1], bytes(12)),
    "structured by a list": extension(wire.ARRAY, [["a", "O"]], [1], bytes(8)),
    "structured by a string": extension(wire.ARRAY, "[('a', 'O')]", [1], bytes(8)),
    "array in a dtype": extension(wire.ARRAY, "(1000000000,)i4", [1], bytes(8)),
    "void": extension(wire.ARRAY, "V8", [1], bytes(8)),
    "endless dtype": extension(wire.ARRAY, "i4," * 10_000, [1], bytes(8)),
    "no dtype": extension(wire.ARRAY, None, [1], bytes(8)),
    "strange dtype": extension(wire.ARRAY, "os.system", [1], bytes(8)),
    "huge entries": extension(wire.ARRAY, "U500000000", [1], bytes(8)),
    "half an entry": extension(wire.ARRAY, "<i8", [1], bytes(9)),
    "too large a shape": extension(wire.ARRAY, "<i8", [10**12], bytes(8)),
    "too small a shape": extension(wire.ARRAY, "<i8", [1], bytes(16)),
    "negative shape": extension(wire.ARRAY, "<i8", [-1], bytes(16)),
    "shape of text": extension(wire.ARRAY, "<i8", "2", bytes(16)),
    "shape of reals": extension(wire.ARRAY, "<i8", [2.0], bytes(16)),
    "endless shape": extension(wire.ARRAY, "<i8", A_RANGE, bytes(16)),
    "many dimensions": extension(wire.ARRAY, "<i8", [1] * 100, bytes(8)),
    "bytes by their number": extension(wire.ARRAY, "|u1", [10**15], 10**15),
    "bytes as a list": extension(wire.ARRAY, "|u1", [2], [1, 2]),
    "true more than once": extension(wire.ARRAY, "|b1", [1], b"\x02"),
    "text of no letters": extension(wire.SCALAR, "<U1", [], b"\xff\xff\xff\xff"),
    "parts missing": extension(wire.ARRAY, "<i8"),
    "parts of no list": bare(wire.ARRAY, 5),
    "tuple of a range": bare(wire.TUPLE, A_RANGE),
    "set of a range": bare(wire.SET, A_RANGE),
    "range of a range": bare(wire.RANGE, A_RANGE),
    "range of text": extension(wire.RANGE, "a"),
    "objects of a range": extension(wire.OBJECTS, [10**15], A_RANGE),
    "objects that do not fit": extension(wire.OBJECTS, [3], [1, 2]),
    "deque of a range": extension(wire.COLLECTION, "deque", A_RANGE),
    "counter of a range": extension(wire.COLLECTION, "Counter", A_RANGE),
    "defaultdict of pairs": extension(wire.COLLECTION, "defaultdict", [[1, 2]]),
    "other collection": extension(wire.COLLECTION, "ChainMap", {}),
    "collection by a list": extension(wire.COLLECTION, [], {}),
    "number of a number": extension(wire.INTEGER, False, 10**15),
    "number of a list": extension(wire.INTEGER, False, [1, 2]),
    "complex of text": extension(wire.COMPLEX, [], 1),
    "list in a set": extension(wire.SET, [1]),
    "array in a set": extension(wire.SET, COLUMN),
    "list as a key": {bare(wire.TUPLE, [[]]): 1},
    "array as a key": {COLUMN: 1},
    "column of a range": extension(wire.SERIES, None, INDEX, "object", A_RANGE),
    "column of one value": extension(wire.SERIES, None, INDEX, "<f8", 1.5),
    "column of objects by name": extension(wire.SERIES, None, INDEX, "period[D]", COLUMN),
    "column with a range for an index": extension(wire.SERIES, None, A_RANGE, "<i8", COLUMN),
    "column without an index": extension(wire.SERIES, None, None, "<i8", COLUMN),
    "index of a range": extension(wire.INDEX, [None], False, "<i8", A_RANGE),
    "index of levels of a range": extension(wire.INDEX, [None], True, "<i8", A_RANGE),
    "index without names": extension(wire.INDEX, [], False, "<i8", COLUMN),
    "table of a range": extension(wire.FRAME, INDEX, INDEX, A_RANGE),
    "table of lists": extension(wire.FRAME, INDEX, INDEX, [[1]]),
    "table with a range for an index": extension(wire.FRAME, INDEX, A_RANGE, []),
    "table that does not fit": extension(
        wire.FRAME,
        INDEX,
        INDEX,
        [extension(wire.SERIES, None, bare(wire.INDEX, [[None], False, "<i8", []]), "<i8", [])],
    ),
}


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_hostile_value_is_refused(value: Any) -> None:
    with pytest.raises(UnreadableError):
        read(value)
    with pytest.raises(UnreadableError):
        read([{"key": value}])


def test_refusals_take_little_memory() -> None:
    tracemalloc.start()
    for value in HOSTILE.values():
        with pytest.raises(UnreadableError):
            read(value)
    assert tracemalloc.get_traced_memory()[1] < 20 << 20
    tracemalloc.stop()


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\xc1",  # never used
        b"\xdd\xff\xff\xff\xff",  # a list of 2**32 - 1 entries that are not there
        b"\xdf\xff\xff\xff\xff",
        b"\xc6\xff\xff\xff\xff",
        b"\xdb\xff\xff\xff\xff",
        b"\xc9\xff\xff\xff\xff\x01",
        b"\x91" * 5000 + b"\x00",
        b"\x81\x90\x00",  # {[]: 0}
        b"\xa1\xff",  # a string that is not UTF-8
        b"\x00\x00",  # two values
        b"\xd6\xff",  # half a date
    ],
    ids=lambda message: message[:8].hex(),
)
def test_bytes_that_announce_too_much_or_too_little(message: bytes) -> None:
    tracemalloc.start()
    with pytest.raises(UnreadableError):
        wire.unpack(message, NoReferences())
    assert tracemalloc.get_traced_memory()[1] < 20 << 20
    tracemalloc.stop()


def test_extensions_in_extensions_end() -> None:
    value: Any = bare(wire.TUPLE, [])
    for _ in range(wire.MAX_DEPTH):
        value = extension(wire.TUPLE, value)
    with pytest.raises(UnreadableError, match="deep"):
        read(value)


def test_every_beginning_of_a_message_is_unreadable() -> None:
    message = wire.pack([VALUES, ARRAYS, TABLES[:2]], NoReferences())
    for end in range(0, len(message), 7):
        with pytest.raises(UnreadableError):
            wire.unpack(message[:end], NoReferences())


@pytest.mark.parametrize("seed", range(4))
def test_changed_messages_are_read_or_unreadable(seed: int) -> None:
    chance = random.Random(seed)
    messages = [bytearray(wire.pack(value, NoReferences())) for value in [*VALUES, *ARRAYS, *COLUMNS, VALUES]]
    readable = 0
    for _ in range(2000):
        message = chance.choice(messages).copy()
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(len(message))
            message[place : place + chance.randint(0, 2)] = chance.randbytes(chance.randint(1, 2))
        try:
            wire.unpack(bytes(message), NoReferences())
        except UnreadableError:
            continue
        readable += 1
    assert 0 < readable < 2000


def test_random_messages_are_read_or_unreadable() -> None:
    chance = random.Random(0)
    for _ in range(5000):
        try:
            wire.unpack(chance.randbytes(chance.randint(0, 60)), NoReferences())
        except UnreadableError:
            continue


@pytest.mark.parametrize("kind", ["<U1", ">U1", "<U3"])
@pytest.mark.parametrize("letter", [0x110000, 0x7FFFFFFF, 0xFFFFFFFF])
@pytest.mark.parametrize("make", [wire.ARRAY, wire.SCALAR])
def test_letters_beyond_unicode_are_refused(kind: str, letter: int, make: int) -> None:
    letters = np.full(int(kind[-1]), letter, f"{kind[0]}u4").tobytes()
    shape = [1] if make == wire.ARRAY else []
    content = msgpack.packb([kind, shape, letters])
    with pytest.raises(UnreadableError):
        wire.unpack(msgpack.packb(msgpack.ExtType(make, content)), NoReferences())
    for good in (np.array(["é", "日本", "\U0010ffff"]), np.array("abc"), np.array(["ab"], ">U2"), np.array([], "U1")):
        again = wire.unpack(wire.pack(good, NoReferences()), NoReferences())
        assert again.tolist() == good.tolist()
