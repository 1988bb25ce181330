"""The table of runs: which columns, in which order of rows, and what a search finds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from rich.text import Text

from designer.campaigns.sheets.run_object import RunObject
from designer.campaigns.space.factors import Factor
from designer.campaigns.specification.parts import Response
from designer.render.figures import figure_text
from designer.render.words import NOTHING, number, rounded
from designer.tui.campaign_view import CampaignView
from designer.tui.widgets.common import header, right, shortened, spaced
from designer.tui.widgets.run_text import STATUS_STYLES, measured_text, predicted_text, run_sign

BAR: Final = 3  # cells of the longest bar of bits
_WIDEST_SETTING: Final = 12  # cells of a category's name; the pane of the run has it in full
_DIGITS: Final = 6  # of a setting that was measured or imported; the pane has all of them
_NAMES: Final = (24, 16, 12, 8)  # cells of a header: the most that leaves room for all columns
FROZEN: Final = 2  # columns that stay when the others are moved: run and bits

Key = Callable[[RunObject], float]


@dataclass(frozen=True)
class Order:
    """An order of the rows.

    Attributes:
        name: in words.
        key: what is compared; None: the runs are in it already.
    """

    name: str
    key: Key | None = None

    def sorted(self, runs: Mapping[str, RunObject]) -> dict[str, RunObject]:
        """The runs in this order; those without a value are last."""
        key = self.key
        return dict(runs if key is None else sorted(runs.items(), key=lambda item: key(item[1])))


def orders(view: CampaignView) -> list[Order]:
    """The orders there are: as they are made, by bits, by each response, by each factor."""
    found = [
        Order("in the order of making"),
        Order("most bits first", lambda run: -(run["information_bits"] or float("-inf"))),
    ]
    found += [
        Order(f"highest {response.name} first", _by_response(view, response.name))
        for response in view.spec.responses
    ]
    found += [
        Order(f"lowest {factor.name} first", _by_factor(factor.name))
        for factor in view.spec.factors
        if not factor.is_categorical
    ]
    return found


def _by_response(view: CampaignView, name: str) -> Key:
    def key(run: RunObject) -> float:
        values = run["results"].get(name)
        if values:
            return -sum(values) / len(values)
        told = view.expected(run).get(name)
        return float("inf") if told is None else -told["mean"]

    return key


def _by_factor(name: str) -> Key:
    def key(run: RunObject) -> float:
        value = run["used"].get(name)
        return float("inf") if value is None or isinstance(value, str) else float(value)

    return key


def found(runs: Mapping[str, RunObject], text: str) -> dict[str, RunObject]:
    """The runs in which a text stands: id, status, plan, settings, batches, notes, why."""
    wanted = text.strip().casefold()
    if not wanted:
        return dict(runs)
    return {run_id: run for run_id, run in runs.items() if wanted in _said(run).casefold()}


def _said(run: RunObject) -> str:
    settings = (f"{name} {value}" for name, value in run["used"].items())
    notes = (note["text"] for note in run["notes"])
    extra = (str(value) for value in (run["extra"] or {}).values())
    told = (run["plan"], run["failure"], run["reason"])
    words = (run["run"], run["status"], *(text or "" for text in told))
    return " ".join([*words, *settings, *run["batch"].values(), *notes, *extra])


@dataclass(frozen=True)
class RunsTable:
    """Headers and cells of the table.

    Attributes:
        view: the campaign.
        runs: in the order of the rows.
        colours: of the theme, by name.
        width: cells there are.
    """

    view: CampaignView
    runs: Mapping[str, RunObject]
    colours: Mapping[str, str]
    width: int

    def filled(self) -> tuple[list[Text], dict[str, list[Text]]]:
        """Headers, and the cells of every run.

        Responses come before the factors where not all columns fit: they are looked for first.
        """
        spec = self.view.spec
        columns = [self._settings(factor) for factor in spec.factors]
        columns += [self._results(response) for response in spec.responses]
        signs, bits = self._signs(), self._bits()
        frozen = sum(max(map(_cells, column), default=4) + 1 for column in (signs, bits))
        heads, wide = list[Text](), 0
        for widest in _NAMES:
            heads = [header(f.name, f.unit, widest) for f in spec.factors]
            heads += [header(r.name, r.unit, widest) for r in spec.responses]
            wide = frozen + sum(
                max(map(_cells, (head, *cells))) + 1
                for head, cells in zip(heads, columns, strict=True)
            )
            if wide <= self.width:
                break
        named = list(zip(heads, columns, strict=True))
        if wide > self.width:
            named = [*named[len(spec.factors) :], *named[: len(spec.factors)]]
        headers = [Text("\n\nrun"), Text("\n\nbits"), *(head for head, _ in named)]
        every = [signs, bits, *(cells for _, cells in named)]
        rows = {
            run: [spaced(column[place]) for column in every] for place, run in enumerate(self.runs)
        }
        return [spaced(text) for text in headers], rows

    def _signs(self) -> list[Text]:
        return [
            Text(run_sign(run), style=f"bold {self.colours.get(STATUS_STYLES[run['status']], '')}")
            for run in self.runs.values()
        ]

    def _bits(self) -> list[Text]:
        most = max([run["information_bits"] or 0.0 for run in self.runs.values()], default=0.0)
        primary = self.colours.get("primary", "")
        cells = []
        for run in self.runs.values():
            bits = run["information_bits"]
            filled = round(BAR * bits / most) if bits and most > 0 else 0
            bar = "▇" * filled + " " * (BAR - filled)
            cells.append(Text.assemble((bar, primary), f" {rounded(bits)}"))
        return cells

    def _settings(self, factor: Factor) -> list[Text]:
        return [right(setting_text(run["used"].get(factor.name))) for run in self.runs.values()]

    def _results(self, response: Response) -> list[Text]:
        quiet = self.colours.get("quiet", "")
        return [_result(self.view, run, response, quiet) for run in self.runs.values()]


def setting_text(value: float | str | None) -> str:
    """A setting in a column: a number with at most six digits, a name that fits."""
    if value is None or isinstance(value, str):
        return shortened(NOTHING if value is None else value, _WIDEST_SETTING)
    exact = number(value)
    return exact if len(exact) <= _DIGITS + 1 else figure_text(value, _DIGITS)


def _result(view: CampaignView, run: RunObject, response: Response, quiet: str) -> Text:
    """What was measured, else what is predicted."""
    values = run["results"].get(response.name)
    if values:
        return right(measured_text(values), style="bold")
    dated = f"italic {quiet}" if view.is_dated(run) else ""
    return right(predicted_text(view, run, response.name) or NOTHING, style=dated)


def _cells(text: Text) -> int:
    return max((len(row) for row in text.plain.split("\n")), default=0)
