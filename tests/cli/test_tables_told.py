"""What a dry run shows of new runs."""

from pathlib import Path

from tests.command_line import CommandLine


def test_a_dry_run_shows_what_new_runs_would_be(small: CommandLine) -> None:
    Path("old.csv").write_text(
        "solid_content,coating_gap,binder,mass_loading,batch:slurry\n55,0.1 mm,PVDF-A,11.5,S-7\n"
    )
    told = small("attach", "small", "old.csv", "--dry-run")
    assert "R001  solid_content 55, coating_gap 100, binder PVDF-A; mass_loading 11.5;" in told
    assert "slurry S-7" in told
    assert "R001  solid_content" not in small("attach", "small", "old.csv")
