"""From the words typed to a verb and its arguments.

Every verb has a parser of its own, built only when it is called: that is quick, lets options and
positionals mix, and lets the common options stand before and after the verb.
"""

from __future__ import annotations

import difflib
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass

from designer.campaigns.errors import Problem
from designer.campaigns.version import program_version
from designer.cli.errors import UsageError
from designer.cli.strict_parser import Parser
from designer.cli.verbs import TOPICS, VERBS
from designer.cli.verbs.arguments import (
    Argument,
    add_common_options,
    read_pairs,
)
from designer.cli.verbs.verb import Verb

SEE_HELP = "designer --help lists the verbs"
# verbs of later versions: what they will be, and what does most of it today
LATER = {
    "explain": ("the explanation of proposals", ("show", "status", "predict")),
    "store backup": ("backup of a store", ("store verify", "export --what events")),
    "store recover": ("recovery of a damaged store", ("store verify", "store info")),
    "store upgrade": ("upgrade of an older store", ("store info", "store verify")),
}
WITH_VALUE = ("--store", "--actor", "--request-id")


@dataclass(frozen=True)
class Call:
    """What was typed: a verb with its arguments, or only a question about the program."""

    verb: Verb | None
    arguments: Namespace


def read_command_line(tokens: Sequence[str]) -> Call:
    """Parse the words after ``designer``.

    Raises:
        UsageError: they do not parse.
        SystemExit: after printing help (argparse's way).
    """
    _refuse_undecodable(tokens)
    head, rest = _split(tokens)
    common = _head_parser("designer", _overview()).read(head)
    if not rest:
        return Call(None, common)
    word, rest = rest[0], list(rest[1:])
    if word in _groups():
        more, rest = _split(rest)
        common = _merged(common, _head_parser(f"designer {word}", _overview(word)).read(more))
        if not rest:
            known = ", ".join(name.split()[1] for name in VERBS if name.startswith(f"{word} "))
            raise UsageError(Problem("", f"{word} needs one of: {known}", hint=SEE_HELP))
        word = f"{word} {rest.pop(0)}"
    verb = VERBS.get(word)
    if verb is None:
        raise _unknown(word)
    arguments = _merged(common, verb_parser(verb).read(rest))
    if verb.check is not None:
        verb.check(arguments)
    read_pairs(arguments, verb.arguments)
    return Call(verb, arguments)


def verb_parser(verb: Verb) -> Parser:
    """The parser of one verb, with the common options."""
    examples = "\n".join(f"  designer {example}" for example in verb.examples)
    summary = f"{verb.summary[0].upper()}{verb.summary[1:]}."
    parser = Parser(
        f"designer {verb.name}",
        f"{summary} {verb.not_repeatable}".strip(),
        f"for example:\n{examples}" if examples else None,
    )
    for argument in verb.arguments:
        argument.add_to(parser)
    if verb.format is not None:
        verb.format.add_to(parser)
    parser.set_usage()
    add_common_options(parser)
    return parser


def _head_parser(prog: str, overview: str) -> Parser:
    parser = Parser(prog, "Experiment designer for pilot lines.", overview)
    parser.usage = f"{prog} [options] VERB ..."
    if prog == "designer":
        Argument("--version", None, "print the version").add_to(parser)
    add_common_options(parser)
    return parser


def _overview(group: str | None = None) -> str:
    lines: list[str] = []
    for topic, verbs in TOPICS.items():
        shown = [verb for verb in verbs if group is None or verb.name.startswith(f"{group} ")]
        if shown:
            lines += [f"{topic}:", *(f"  {verb.name:<15} {verb.summary}" for verb in shown), ""]
    lines.append("designer VERB --help tells everything about one verb.")
    return "\n".join(lines)


def _split(tokens: Sequence[str]) -> tuple[list[str], list[str]]:
    """Options in front of the verb, and the rest from the verb on."""
    k = 0
    while k < len(tokens) and tokens[k].startswith("-"):
        k += 2 if tokens[k] in WITH_VALUE else 1
    return list(tokens[:k]), list(tokens[k:])


def _merged(earlier: Namespace, later: Namespace) -> Namespace:
    return Namespace(**{**vars(earlier), **vars(later)})


def _groups() -> set[str]:
    return {name.split()[0] for name in VERBS if " " in name}


def _unknown(word: str) -> UsageError:
    if word in LATER:
        what, instead = LATER[word]
        told = f"{what} ({word}) is not in this version ({program_version()})"
        nearest = ", ".join(f"designer {verb}" for verb in instead)
        return UsageError(Problem("", told, hint=f"nearest today: {nearest}"))
    near = difflib.get_close_matches(word, VERBS, n=3, cutoff=0.6)
    hint = f"did you mean {' or '.join(near)}?" if near else SEE_HELP
    return UsageError(Problem("", f"there is no verb {word!r}", hint=hint))


def _refuse_undecodable(tokens: Sequence[str]) -> None:
    """Bytes that are no text in the terminal's encoding arrive as lone surrogates."""
    bad = [
        token for token in tokens if any("\ud800" <= character <= "\udfff" for character in token)
    ]
    if bad:
        raise UsageError(
            [Problem("", "not valid text in this terminal's encoding", token) for token in bad]
        )
