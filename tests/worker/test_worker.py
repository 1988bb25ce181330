"""The computing process: answers, errors, cancelling, crashes."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from designer.campaigns.errors import (
    ConflictError,
    DesignerError,
    InputError,
    Problem,
    StorageError,
    StoreDamagedError,
)
from designer.service import Service
from designer.worker import CallCancelledError, Worker, WorkerError
from designer.worker.protocol import decode, encode, error_from_json, error_to_json
from designer.worker.serving import Server


@pytest.fixture
def worker(store: Path, tmp_path: Path) -> Iterator[Worker]:
    made = Worker(str(store), "anna", log=tmp_path / "worker.log")
    yield made
    made.close()


def plans(store: Path) -> list[str]:
    return [plan["plan"] for plan in Service(str(store)).campaigns.show("small")["plans"]]


@pytest.mark.parametrize("kind", [InputError, ConflictError, StorageError, StoreDamagedError])
def test_errors_come_back_with_class_and_problems(
    kind: type[ConflictError] | type[InputError],
) -> None:
    error = kind(
        [Problem("factor[2].step", "too small", "0 µm", "above 0", "Hint"), Problem("", "b")]
    )
    back = error_from_json(decode(encode(error_to_json(error))))
    assert type(back) is kind
    assert back.problems == error.problems


def test_a_child_class_comes_back_as_its_nearest_parent() -> None:
    class SpecialError(ConflictError):
        pass

    assert type(error_from_json(error_to_json(SpecialError("x")))) is ConflictError
    assert type(error_from_json(error_to_json(DesignerError("x")))) is DesignerError


def test_only_verbs_that_compute_are_served(store: Path) -> None:
    told: list[dict[str, Any]] = []
    server = Server(told.append)
    for request in (
        {"id": 1, "verb": "open", "arguments": {"store": str(store)}},
        {"id": 2, "verb": "session"},
        {"id": 3, "verb": "campaigns.undo", "arguments": {"campaign": "small"}},
        {"id": 4},
        {"id": 5, "verb": "models.status", "arguments": {"campaign": "nobody"}},
    ):
        server.answer(request)
    assert [(answer["id"], answer["kind"]) for answer in told] == [
        (1, "result"), (2, "bug"), (3, "bug"), (4, "bug"), (5, "error"),
    ]  # fmt: skip


def test_propose_tells_progress_and_enters_the_plan(worker: Worker, store: Path) -> None:
    told: list[tuple[Any, ...]] = []
    answer = worker.call(
        "plans.propose", {"campaign": "small", "n": 2}, lambda *step: told.append(step)
    )
    assert plans(store) == ["P001", answer["plan"]]
    assert [what for what, _ in told][:1] == ["learning mass_loading"]
    assert Service(str(store)).campaigns.history("small")["events"][-1]["actor"] == "anna"


def test_what_the_verb_refuses_is_refused_here(worker: Worker, store: Path) -> None:
    arguments: dict[str, Any] = {
        "campaign": "small",
        "fix": {"bindr": "PVDF-A", "coating_gap": "101"},
    }
    with pytest.raises(InputError) as here:
        worker.call("plans.propose", arguments)
    with pytest.raises(InputError) as direct:
        Service(str(store)).plans.propose(**arguments)
    assert here.value.problems == direct.value.problems
    assert len(here.value.problems) == 1 or "bindr" in str(here.value)


def test_a_cancelled_plan_is_whole_or_absent_and_the_next_call_works(
    worker: Worker, store: Path
) -> None:
    before = plans(store)
    started = threading.Event()

    def cancel() -> None:
        started.wait(30)
        assert worker.cancel()

    thread = threading.Thread(target=cancel)
    thread.start()
    with pytest.raises(CallCancelledError):
        worker.call("plans.propose", {"campaign": "small", "n": 80}, lambda *_: started.set())
    thread.join()
    assert plans(store) == before
    assert Service(str(store)).store.verify()["ok"]
    assert worker.call("models.status", {"campaign": "small"})["campaign"] == "small"


def test_cancelling_when_nothing_runs_does_nothing(worker: Worker) -> None:
    worker.start()
    pid = worker.pid
    assert not worker.cancel()
    assert worker.pid == pid


def test_a_crash_is_told_honestly_and_the_next_call_works(worker: Worker) -> None:
    def kill(*_: object) -> None:
        assert worker.pid is not None
        os.kill(worker.pid, signal.SIGKILL)

    with pytest.raises(WorkerError, match=r"ended unexpectedly \(SIGKILL"):
        worker.call("plans.propose", {"campaign": "small", "n": 80}, kill)
    assert worker.call("models.status", {"campaign": "small"})["campaign"] == "small"


def test_a_worker_that_died_while_idle_is_replaced_unseen(worker: Worker) -> None:
    worker.call("models.status", {"campaign": "small"})
    pid = worker.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    end = time.monotonic() + 10
    while worker.pid is not None and time.monotonic() < end:
        time.sleep(0.01)
    assert worker.call("models.status", {"campaign": "small"})["campaign"] == "small"
    assert worker.pid != pid


def test_a_fault_of_the_program_is_no_fault_of_the_user(worker: Worker) -> None:
    with pytest.raises(WorkerError, match="a fault of this program: TypeError") as caught:
        worker.call("models.status", {"campaign": "small", "frog": 1})
    assert caught.value.exit_code == 1
    assert "Traceback" in worker.log.read_text()


def test_a_command_that_cannot_start(tmp_path: Path) -> None:
    broken = Worker("x.db", log=tmp_path / "log", command=["/nonexistent/python"])
    with pytest.raises(WorkerError, match="cannot be started"):
        broken.call("models.status", {"campaign": "small"})


def test_interrupts_do_not_reach_it_and_the_end_of_its_parent_does(
    store: Path, tmp_path: Path
) -> None:
    code = """
import sys, time
from designer.worker import Worker
worker = Worker(sys.argv[1], log=sys.argv[2] and __import__("pathlib").Path(sys.argv[2]))
worker.call("models.status", {"campaign": "small"})
print(worker.pid, flush=True)
time.sleep(60)
"""
    parent = subprocess.Popen(
        [sys.executable, "-c", code, str(store), str(tmp_path / "log")], stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    os.kill(pid, signal.SIGINT)
    time.sleep(0.3)
    assert alive(pid)
    parent.kill()
    parent.wait()
    assert parent.stdout is not None
    parent.stdout.close()
    end = time.monotonic() + 10
    while alive(pid) and time.monotonic() < end:
        time.sleep(0.05)
    assert not alive(pid)


def alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def test_requests_through_plain_pipes(store: Path) -> None:
    requests: list[dict[str, Any]] = [
        {"id": 1, "verb": "open", "arguments": {"store": str(store)}},
        {"id": 2, "verb": "models.status", "arguments": {"campaign": "small"}},
    ]
    done = subprocess.run(
        [sys.executable, "-m", "designer.worker"],
        input=b"".join(map(encode, requests)) + b"no json\n",
        capture_output=True, timeout=60, check=True,
    )  # fmt: skip
    answers = [decode(line) for line in done.stdout.splitlines()]
    assert [(answer["id"], answer["kind"]) for answer in answers] == [(1, "result"), (2, "result")]
    assert b"not understood" in done.stderr
