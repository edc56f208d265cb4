"""Numbers read out by telephone: every digit counts, and a code is one PC's, one worker's and one round's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_app.domain.errors import StationError
from station_app.keys.phone_codes import Challenge, code_key, code_text, make_code, parse_challenge, parse_code

SECRET, DEVICE, PERSON = b"s" * 32, "d" * 32, "a" * 32
CODE = make_code(SECRET, DEVICE, PERSON, 1)


def refused(read: object, text: str) -> StationError:
    with pytest.raises(StationError) as caught:
        read(text)  # type: ignore[operator]
    return caught.value


@given(st.text("0123456789abcdef", min_size=32, max_size=32), st.integers(1, 5000))
def test_a_challenge_is_read_back_as_it_was_shown(person: str, number: int) -> None:
    challenge = Challenge.of(DEVICE, person, number)
    assert parse_challenge(challenge.text) == challenge
    assert [len(group) for group in challenge.text.split(" ")] == [4, 4, 4, 4]


def test_a_challenge_tells_devices_persons_and_rounds_apart() -> None:
    texts = {Challenge.of(*who).text for who in ((DEVICE, PERSON, 1), ("e" * 32, PERSON, 1), (DEVICE, "b" * 32, 1))}
    assert len(texts | {Challenge.of(DEVICE, PERSON, 2).text}) == 4
    assert DEVICE[:6] not in Challenge.of(DEVICE, PERSON, 1).text.replace(" ", "")


@pytest.mark.parametrize("place", range(16))
def test_one_digit_heard_wrong_in_a_challenge_is_noticed(place: int) -> None:
    digits = Challenge.of(DEVICE, PERSON, 1).text.replace(" ", "")
    wrong = digits[:place] + str((int(digits[place]) + 1) % 10) + digits[place + 1 :]
    error = refused(parse_challenge, wrong)
    assert (error.code, error.params) == ("challenge-malformed", {"expected": 16, "found": 16})


@pytest.mark.parametrize("place", range(21))
def test_one_digit_heard_wrong_in_a_code_is_noticed(place: int) -> None:
    wrong = CODE[:place] + str((int(CODE[place]) + 1) % 10) + CODE[place + 1 :]
    assert refused(parse_code, wrong).code == "reset-code-malformed"


@pytest.mark.parametrize("text", ["", "12", "x" * 21, "1" * 22, "²" * 21])
def test_what_is_no_number_of_that_length_is_refused(text: str) -> None:
    assert refused(parse_code, text).code == "reset-code-malformed"
    assert refused(parse_challenge, text).code == "challenge-malformed"


def test_a_code_is_twenty_one_digits_read_in_threes_and_typed_in_any_way() -> None:
    assert (len(CODE), CODE.isdigit()) == (21, True)
    text = code_text(CODE)
    assert [len(group) for group in text.split(" ")] == [3] * 7
    full_width = text.translate(str.maketrans("0123456789 ", "０１２３４５６７８９－"))
    assert parse_code(text) == parse_code(full_width) == parse_code(CODE) == CODE


def test_every_pc_worker_round_and_center_has_another_code() -> None:
    others = [
        make_code(SECRET, "e" * 32, PERSON, 1),
        make_code(SECRET, DEVICE, "b" * 32, 1),
        make_code(SECRET, DEVICE, PERSON, 2),
        make_code(b"t" * 32, DEVICE, PERSON, 1),
    ]
    assert len({CODE, *others}) == 5
    assert make_code(SECRET, DEVICE, PERSON, 1) == CODE


def test_the_key_of_a_code_is_bound_to_its_pc_worker_and_round() -> None:
    places = [(DEVICE, PERSON, 1), ("e" * 32, PERSON, 1), (DEVICE, "b" * 32, 1), (DEVICE, PERSON, 2)]
    keys = [code_key(CODE, *place) for place in places]
    assert len({key.public for key in keys}) == 4
    assert code_key(CODE, DEVICE, PERSON, 1) == keys[0]
