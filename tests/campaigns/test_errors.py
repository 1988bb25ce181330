"""Errors carry every problem of an input, in words."""

from designer.campaigns.errors import DesignerError, InputError, Problem


def test_all_problems_are_in_the_message() -> None:
    error = InputError(
        [Problem("factor[0].low", "must be below high", "80", "below 20"), Problem("", "x")]
    )
    assert str(error).splitlines() == [
        "factor[0].low: must be below high (found 80); allowed: below 20",
        "x",
    ]
    assert error.exit_code == 3
    assert isinstance(error, DesignerError)
