"""Shell completion: every verb, option and choice as a script, made from what the verbs declare."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from designer.cli.verbs.arguments import COMMON, Argument
from designer.cli.verbs.verb import Verb

SHELLS = ("bash", "zsh", "tcsh", "fish", "powershell")


def completion_script(shell: str, verbs: Iterable[Verb]) -> str:
    """The script that a shell reads to complete command lines of ``designer``.

    Args:
        shell: one of `SHELLS`.
        verbs: what can be called.
    """
    import shtab

    script: str = shtab.complete(_whole_parser(verbs), shell)
    return script


def _whole_parser(verbs: Iterable[Verb]) -> argparse.ArgumentParser:
    """One parser of everything, as completion needs it; calls are read verb by verb."""
    top = argparse.ArgumentParser("designer", description="Experiment designer for pilot lines.")
    top.add_argument("--version", action="store_true", help="print the version")
    _add(top, COMMON)
    level = top.add_subparsers()
    groups: dict[str, argparse._SubParsersAction[argparse.ArgumentParser]] = {}
    for verb in verbs:
        group, _, name = verb.name.rpartition(" ")
        if group and group not in groups:
            parser = level.add_parser(group, help=f"{group}: several verbs")
            _add(parser, COMMON)
            groups[group] = parser.add_subparsers()
        parser = groups.get(group, level).add_parser(name, help=verb.summary)
        _add(parser, (*verb.arguments, *filter(None, [verb.format]), *COMMON))
    return top


def _add(parser: argparse.ArgumentParser, arguments: Iterable[Argument]) -> None:
    import shtab

    for argument in arguments:
        action = argument.add_to(parser)
        if argument.known:
            action.choices = argument.known  # of this parser only: nothing is read with it
        if argument.holds_file or argument.name == "--store":
            vars(action)["complete"] = shtab.FILE  # shtab's own way, which argparse does not know
