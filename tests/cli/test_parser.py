"""From typed words to the service's methods: every verb, every order, every mistake."""

import inspect
import shlex
from operator import attrgetter
from pathlib import Path
from typing import Any, cast

import pytest

from designer.campaigns.earlier_lines.mapping import LineMapping
from designer.campaigns.tables.options import TableOptions
from designer.cli.errors import UsageError
from designer.cli.parser import LATER, read_command_line
from designer.cli.verbs import TOPICS, VERBS
from designer.service import Service

NO_WISH: dict[str, Any] = {"among": None, "options": None, "instead_of": None, "reason": None}
"""What is handed on to `plans.propose` where nobody wishes anything."""


class Recorder:
    """Stands for the service: remembers which verb of which group was called, and how."""

    def __init__(self, calls: list[Any], name: str = "") -> None:
        self._calls, self._name = calls, name

    def __getattr__(self, name: str) -> Any:
        return Recorder(self._calls, f"{self._name}.{name}".removeprefix("."))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self._calls.append((self._name, args, kwargs))
        return {}


def service_of(stand_in: object) -> Service:
    """What stands in for the service; `service` is no name a verb could take for its own."""
    return cast("Service", stand_in)


def bound(verb: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """What the parameters of a verb of the service are, however the call was written."""
    signature = inspect.signature(attrgetter(verb)(Service(None)))
    return verb, dict(signature.bind(*args, **kwargs).arguments)


def call(*tokens: str) -> tuple[str, dict[str, Any]]:
    calls: list[tuple[Any, ...]] = []
    typed = read_command_line(tokens)
    assert typed.verb is not None
    typed.verb.run(service_of(Recorder(calls)), typed.arguments)
    return bound(*calls[-1])


def refused(*tokens: str) -> UsageError:
    with pytest.raises(UsageError) as caught:
        read_command_line(tokens)
    assert caught.value.exit_code == 2
    return caught.value


RECORD: dict[str, Any] = {"settings": {}, "batch": {}, "at": None, "note": None, "replicate": False}
CALLS = [
    ("init spec.toml", ("campaigns.create", (Path("spec.toml"),), {})),
    ("init --example", ("campaigns.example", (), {})),
    ("list", ("campaigns.list", (), {})),
    ("show c", ("campaigns.show", ("c",), {})),
    ("show c r1", ("runs.show", ("c", "r1"), {})),
    ("amend c s.toml --dry-run",
     ("campaigns.amend", ("c", Path("s.toml")), {"reason": None, "dry_run": True})),
    ("close c --reason done", ("campaigns.close", ("c",), {"reason": "done"})),
    ("lines add c f.csv --name a --map x=gap y=load --map z=speed --set w=1 --unit x=mm "
     "--where q=ok,good p<10 --where p>=5 --other b --extra v --sheet s --header 3 --decimal comma",
     ("lines.add", ("c", Path("f.csv")),
      {"name": "a", "dry_run": False, "mapping": LineMapping(
          {"x": "gap", "y": "load", "z": "speed"}, {"w": "1"}, {"x": "mm"},
          {"q": "ok,good", "p": "<10,>=5"}, "s", 3, "comma", others=["b"], extras=["v"])})),
    ("lines add c --from d --set w=1",
     ("lines.add", ("c", "d"),
      {"name": None, "dry_run": False,
       "mapping": LineMapping(constants={"w": "1"}, others=[], extras=[])})),
    ("lines show c", ("lines.list", ("c",), {})),
    ("lines exclude c a --reason old", ("lines.exclude", ("c", "a", "old"), {})),
    ("lines include c a --reason new", ("lines.include", ("c", "a", "new"), {})),
    ("propose c",
     ("plans.propose", ("c", None), {"budget": None, "fix": {}, "given": {}, "replace": False,
                               "top_up": False, "seed": None, "dry_run": False, **NO_WISH})),
    ("propose c -n 3 --budget 8.5 --fix a=1 b=x --given h=35 --replace --seed 0 --dry-run",
     ("plans.propose", ("c", 3), {"budget": 8.5, "fix": {"a": "1", "b": "x"}, "given": {"h": "35"},
                            "replace": True, "top_up": False, "seed": 0, "dry_run": True,
                            **NO_WISH})),
    ("propose c --instead-of R1 r2 --reason no --among f.csv --map a=b",
     ("plans.propose", ("c", None), {
         "budget": None, "fix": {}, "given": {}, "replace": False, "top_up": False, "seed": None,
         "dry_run": False, "among": Path("f.csv"), "options": TableOptions(columns={"a": "b"}),
         "instead_of": ["R1", "r2"], "reason": "no"})),
    ("start c r1", ("runs.start", ("c", "r1"), {"anyway": False})),
    ("record c r1 p=31.2/31.9 l=none --set g=100 --batch slurry=s1 --at 2026-11-20 --replicate",
     ("runs.record", ("c", "r1", {"p": "31.2/31.9", "l": "none"}),
      {"settings": {"g": "100"}, "batch": {"slurry": "s1"}, "at": "2026-11-20", "note": None,
       "replicate": True})),
    ("attach c g=1 p=2 --batch slurry=s1",
     ("runs.attach", ("c", {"g": "1", "p": "2"}),
      {"batch": {"slurry": "s1"}, "at": None, "note": None, "dry_run": False})),
    ("fail c r1 --reason torn", ("runs.fail", ("c", "r1", "torn"), {})),
    ("abandon c r1 r2 --reason late", ("runs.abandon", ("c", ["r1", "r2"], "late"), {})),
    ("reopen c r1", ("runs.reopen", ("c", "r1", None), {})),
    ("correct c r1 p=3 --set g=2 --batch s=b --replicate 2 --reason typo",
     ("runs.correct", ("c", "r1", {"p": "3"}),
      {"settings": {"g": "2"}, "batch": {"s": "b"}, "replicate": 2, "reason": "typo"})),
    ("undo c", ("campaigns.undo", ("c", None, None), {})),
    ("undo c 12", ("campaigns.undo", ("c", 12, None), {})),
    ("note c hot", ("campaigns.note", ("c", "hot", None), {"confirm": None})),
    ("note c r1 hot --confirm slip",
     ("campaigns.note", ("c", "hot", "r1"), {"confirm": "slip"})),
    ("import c f.xlsx --dry-run",
     ("tables.import_sheet", ("c", Path("f.xlsx")),
      {"options": TableOptions(), "dry_run": True, "force_settings": False, "attach_new": False})),
    ("import c f.csv --attach-new --force-settings --map Gap=gap --decimal comma",
     ("tables.import_sheet", ("c", Path("f.csv")),
      {"options": TableOptions(columns={"Gap": "gap"}, decimal="comma"), "dry_run": False,
       "force_settings": True, "attach_new": True})),
    ("attach c old/trials=1.csv --set humidity=40 --dry-run",
     ("tables.attach_file", ("c", Path("old/trials=1.csv")),
      {"options": TableOptions(constants={"humidity": "40"}), "dry_run": True})),
    ("attach c trials.csv --where series=A --sheet May",
     ("tables.attach_file", ("c", Path("trials.csv")),
      {"options": TableOptions(where={"series": "A"}, sheet="May"), "dry_run": False})),
    ("export c f.csv --what data --plan P001 --force",
     ("campaigns.export", ("c", Path("f.csv")),
      {"what": "data", "plan": "P001", "decimal": "point", "judge": False, "force": True})),
    ("export c f.csv --decimal comma",
     ("campaigns.export", ("c", Path("f.csv")),
      {"what": "plan", "plan": None, "decimal": "comma", "judge": False,
       "force": False})),
    ("status c --refresh", ("models.status", ("c",), {"refresh": True})),
    ("best c", ("models.best", ("c", 5), {})),
    ("best c -n2", ("models.best", ("c", 2), {})),
    ("history c r1 --since 2026-11-01 --limit 5",
     ("campaigns.history", ("c", "r1", "2026-11-01", 5), {})),
    ("predict c f.csv --out o.csv",
     ("models.predict", ("c", Path("f.csv")), {"given": {}, "out": Path("o.csv"), "force": False})),
    ("predict c ./a=b.csv", ("models.predict", ("c", Path("./a=b.csv")),
      {"given": {}, "out": None, "force": False})),
    ("predict c g=1 h=2 --given k=3",
     ("models.predict", ("c", {"g": "1", "h": "2"}),
      {"given": {"k": "3"}, "out": None, "force": False})),
    ("store info", ("store.info", (), {})),
    ("store verify --head 12:ab --accept", ("store.verify", ("12:ab",), {"accept": True})),
    ("store init", ("store.init", (), {})),
]  # fmt: skip


@pytest.mark.parametrize(("line", "expected"), CALLS, ids=[line for line, _ in CALLS])
def test_verb_reaches_the_service_with(line: str, expected: tuple[Any, ...]) -> None:
    assert call(*line.split()) == bound(*expected)


def test_every_verb_is_called_above() -> None:
    verbs = [read_command_line(line.split()).verb for line, _ in CALLS]
    called = {verb.name for verb in verbs if verb is not None}
    assert called | {"tui", "serve", "demo", "completion", "schema"} == set(VERBS)


def test_the_demo_is_shown_with_the_runs_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("designer.service.demo.demo", lambda *words: words)
    typed = read_command_line(["demo", "--runs", "3", "--json"])
    assert typed.verb is not None
    answer: object = typed.verb.run(service_of("service"), typed.arguments)
    assert answer == ("service", 3)


@pytest.mark.parametrize(("line", "campaign"), [("tui", None), ("tui c", "c")])
def test_the_terminal_ui_is_opened_on(
    line: str, campaign: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[object] = []

    def open_ui(*words: object, ascii_only: bool) -> int:
        opened.append(words)
        assert not ascii_only
        return 3

    monkeypatch.setattr("designer.cli.verbs.begin.on_terminal", lambda: True)
    monkeypatch.setattr("designer.tui.app.open_ui", open_ui)
    typed = read_command_line(line.split())
    assert typed.verb is not None
    answer = typed.verb.run(service_of("service"), typed.arguments)
    assert opened == [("service", campaign)]
    assert typed.verb is not None
    assert typed.verb.exit_code(answer) == 3


GLOBALS = ["--store", "x.db", "--json", "--quiet", "--actor", "Ada"]


@pytest.mark.parametrize("verb", [["list"], ["lines", "show", "c"], ["store", "info"]])
def test_common_options_stand_anywhere(verb: list[str]) -> None:
    everywhere = [
        [*verb[:place], *GLOBALS, *verb[place:]] for place in range(len(verb) + 1)
    ] + [[*GLOBALS[:3], *verb, *GLOBALS[3:]]]  # fmt: skip
    for tokens in everywhere:
        arguments = read_command_line(tokens).arguments
        told = (arguments.store, arguments.json, arguments.quiet, arguments.actor)
        assert told == ("x.db", True, True, "Ada"), tokens


def test_the_later_common_option_wins_and_absent_ones_stay_absent() -> None:
    assert read_command_line(["--store=a", "list", "--store", "b"]).arguments.store == "b"
    assert not hasattr(read_command_line(["list"]).arguments, "store")


@pytest.mark.parametrize(
    "tokens",
    [
        ["c", "r1", "p=1", "q=2", "--set", "a=1", "b=2"],
        ["c", "r1", "p=1", "q=2", "--set", "a=1", "--set", "b=2"],
        ["--set", "a=1", "b=2", "c", "r1", "p=1", "q=2"],
        ["c", "--set=a=1", "r1", "--set=b=2", "p=1", "q=2"],
        ["c", "r1", "p=1", "--set", "a=1", "b=2", "--", "q=2"],
    ],
)
def test_options_and_positionals_mix(tokens: list[str]) -> None:
    name, told = call("record", *tokens)
    first = {"campaign": "c", "run": "r1", "responses": {"p": "1", "q": "2"}}
    assert (name, told) == ("runs.record", {**RECORD, **first, "settings": {"a": "1", "b": "2"}})


@pytest.mark.parametrize("text", ["-dirty", "--- stopped ---", "-5 °C", "-3", "--reasonable", "-"])
def test_texts_may_begin_with_a_dash(text: str) -> None:
    assert call("fail", "c", "r1", "--reason", text)[1]["reason"] == text
    assert call("fail", "c", "r1", f"--reason={text}")[1]["reason"] == text
    assert call("note", "c", "--", text)[1] == {
        "campaign": "c", "text": text, "run": None, "confirm": None,
    }  # fmt: skip


def test_values_may_be_negative() -> None:
    assert call("record", "c", "r1", "p=-1", "--set", "t=-5")[1]["responses"] == {"p": "-1"}
    assert call("note", "c", "-5 °C in the hall")[1]["text"] == "-5 °C in the hall"
    assert call("note", "c", "-5")[1]["text"] == "-5"


def test_a_forgotten_text_does_not_swallow_the_next_option() -> None:
    assert "expected one argument" in str(refused("fail", "c", "r1", "--reason", "--json"))


def test_all_malformed_pairs_are_told_at_once() -> None:
    line = "record c r1 porosity =3 x= p=1 p=2 --set gap --batch =b"
    problems = refused(*line.split()).problems
    assert [(problem.where, problem.found) for problem in problems] == [
        ("response=value", "porosity"),
        ("response=value", "=3"),
        ("response=value", "x="),
        ("response=value", "1 and 2"),
        ("--set", "gap"),
        ("--batch", "=b"),
    ]
    assert "31.2/31.9" in str(problems[3].hint)


def test_equals_signs_inside_values_and_column_names() -> None:
    assert call("record", "c", "r1", "p=1", "--batch", "s=a=b")[1]["batch"] == {"s": "a=b"}
    tokens = ["lines", "add", "c", "f.csv", "--name", "a", "--where", "x=", "--map", "Gap = set=g"]
    _, kwargs = call(*tokens)
    assert kwargs["mapping"].columns == {"Gap = set": "g"}
    assert kwargs["mapping"].where == {"x": ""}


@pytest.mark.parametrize(
    "words",
    [
        "c f.csv --other a b --extra v w",
        "c --other a b f.csv --extra v w",
        "--other a b --extra v w c f.csv",
        "--extra v w --other a b c f.csv",
        "--other a --extra v w --other b -- c f.csv",
        "--other=a --other b --extra v --extra=w c f.csv",
        "c --other a b --extra v w f.csv",
        "c --extra v --other a b --extra w f.csv",
    ],
)
def test_options_take_several_values_but_neither_campaign_nor_file(words: str) -> None:
    _, kwargs = call("lines", "add", "--name", "l", *words.split())
    assert (kwargs["campaign"], kwargs["source"]) == ("c", Path("f.csv"))
    assert sorted(kwargs["mapping"].others) == ["a", "b"]
    assert sorted(kwargs["mapping"].extras) == ["v", "w"]
    _, kwargs = call("lines", "add", "--other", "a", "b", "c", "--from", "d")
    assert (kwargs["campaign"], kwargs["mapping"].others) == ("c", ["a", "b"])


@pytest.mark.parametrize("number", ["0", "-1", "1.5", "x", "1_0", "１", "", "1e3", "+2"])
def test_counts_are_plain_whole_numbers_from_one(number: str) -> None:
    for tokens in (["propose", "c"], ["best", "c"]):
        refused(*tokens, "-n", number)
    refused("correct", "c", "r1", "p=1", "--reason", "x", "--replicate", number)
    refused("undo", "c", number)


@pytest.mark.parametrize("amount", ["0", "-1", "nan", "inf", "1e999", "1,5", "8h", "１", ""])
def test_budgets_are_finite_and_positive(amount: str) -> None:
    refused("propose", "c", "--budget", amount)


def test_budgets_and_seeds_as_people_write_them() -> None:
    assert call("propose", "c", "--budget", "1e1")[1]["budget"] == 10.0
    assert call("propose", "c", "--budget", ".5")[1]["budget"] == 0.5
    assert call("propose", "c", "--seed", str(2**63 - 1))[1]["seed"] == 2**63 - 1
    refused("propose", "c", "--seed", str(2**63))
    refused("propose", "c", "--seed", "-1")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("recrd c r1", "did you mean record"),
        ("qqqq", "no verb 'qqqq'"),
        ("lines", "lines needs one of: add, show, exclude, include"),
        ("lines ad", "did you mean lines add"),
        ("store", "store needs one of: info, verify, init"),
        ("show", "required: CAMPAIGN"),
        ("record c", "required: RUN"),
        ("record c r1", "nothing to record"),
        ("record c p=1 q=2", "the run is missing"),
        ("correct c r1 p=1", "required: --reason"),
        ("correct c r1 --reason x", "nothing to correct"),
        ("fail c r1", "required: --reason"),
        ("abandon c r1", "required: --reason"),
        ("lines exclude c a", "required: --reason"),
        ("attach c", "required: FILE|name=value"),
        ("init", "either a specification file or --example"),
        ("init s.toml --example", "either a specification file or --example"),
        ("lines add c", "either a FILE or --from"),
        ("lines add c f.csv --from d --name a", "either a FILE or --from"),
        ("lines add c f.csv", "--name: is missing"),
        ("lines add c --from d --map a=b", "--map: belongs to a FILE"),
        ("note c r1 two words", "put the text in quotes"),
        ("export c f.csv --what all", "invalid choice"),
        ("status c d", "unrecognized arguments: d"),
        ("list --jsn", "did you mean --json"),
        ("list --qui", "no option --qui"),
        ("--stoer x list", "did you mean --store"),
        ("list --json=1", "ignored explicit argument"),
        ("list --version", "no option --version"),
        ("predict c f.csv g=1", "an equals sign is missing (found f.csv)"),
    ],
)
def test_exit_2_says_what_is_wrong(line: str, words: str) -> None:
    assert words in str(refused(*line.split()))


@pytest.mark.parametrize("verb", sorted(LATER))
def test_verbs_of_later_versions_are_told_as_such(
    verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    error = refused(*verb.split(), "anything", "--at-all")
    assert "is not in this version" in str(error)
    _, instead = LATER[verb]
    for line in instead:
        assert line in VERBS or line.rsplit(" --", 1)[0] in VERBS
    assert f"  {verb} " not in overview(capsys)


def overview(capsys: pytest.CaptureFixture[str]) -> str:
    """What ``designer --help`` prints."""
    with pytest.raises(SystemExit):
        read_command_line(["--help"])
    return capsys.readouterr().out


def test_the_help_lists_every_verb_with_its_topic(capsys: pytest.CaptureFixture[str]) -> None:
    text = overview(capsys)
    for topic, verbs in TOPICS.items():
        assert f"\n{topic}:\n" in text
        for verb in verbs:
            assert f"  {verb.name:<15} {verb.summary}\n" in text
    assert max(map(len, text.splitlines())) <= 80


def test_examples_of_the_help_parse() -> None:
    examples = [example for verb in VERBS.values() for example in verb.examples]
    assert len(examples) > 15
    for example in examples:
        tokens = shlex.split(example)
        tokens = tokens[: tokens.index(">")] if ">" in tokens else tokens
        verb = read_command_line(tokens).verb
        assert verb is not None
        assert example.startswith(verb.name)


def test_undecodable_bytes_are_refused() -> None:
    error = refused("note", "c", "caf\udce9")
    assert "not valid text" in str(error)


def test_attach_takes_one_run_or_a_table_each_with_options_of_its_own() -> None:
    told = refused("attach", "c", "f.csv", "--batch", "slurry=s1", "--at", "2026-01-01")
    assert [problem.where for problem in told.problems] == ["--batch", "--at"]
    assert "belongs to one run" in str(told)
    told = refused("attach", "c", "gap=1", "--map", "Gap=gap", "--header", "3")
    assert [problem.where for problem in told.problems] == ["--map", "--header"]
