"""Files and folders become jobs: nothing is left out, nothing is taken twice, no result covers another."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cli.inputs import RAW_SUFFIXES, SUFFIXES, Job, jobs
from pipeline.cli.redact import parse_roles
from pipeline.core.errors import ConfigError, InputError, OutputError

WRITTEN = (".flac", ".wav", ".json", ".transcript.json", ".vtt", ".png")


def made(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return folder


def names(found: list[Job]) -> list[str]:
    return [job.name.as_posix() for job in found]


def test_a_file_is_named_without_its_folder_and_suffix(tmp_path: Path) -> None:
    made(tmp_path, "deep/call.wav")
    assert jobs([tmp_path / "deep/call.wav"], raw=False) == [Job(tmp_path / "deep/call.wav", Path("call"))]


def test_a_file_of_any_suffix_may_be_named(tmp_path: Path) -> None:
    made(tmp_path, "call.audio", "call2")
    assert names(jobs([tmp_path / "call.audio", tmp_path / "call2"], raw=False)) == ["call", "call2"]


def test_paths_below_a_folder_are_kept_and_sorted(tmp_path: Path) -> None:
    made(tmp_path, "b/call.wav", "a/call.wav", "a/x/call.flac", "call.ogg")
    found = jobs([tmp_path], raw=False)
    assert names(found) == ["a/call", "a/x/call", "b/call", "call"]
    assert all(job.source == tmp_path / job.source.relative_to(tmp_path) for job in found)


@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
def test_recordings_are_known_by_their_suffix_in_any_case(tmp_path: Path, suffix: str) -> None:
    made(tmp_path, f"one{suffix}", f"two{suffix.upper()}", "three.txt", "four", "five.wav.bak")
    assert names(jobs([tmp_path], raw=False)) == ["one", "two"]


@pytest.mark.parametrize("suffix", sorted(RAW_SUFFIXES))
def test_headerless_recordings_are_taken_only_when_their_form_is_given(tmp_path: Path, suffix: str) -> None:
    made(tmp_path, f"one{suffix}", "two.wav")
    assert names(jobs([tmp_path], raw=True)) == ["one", "two"]
    assert names(jobs([tmp_path], raw=False)) == ["two"]


def test_hidden_files_and_folders_are_left_alone(tmp_path: Path) -> None:
    made(tmp_path, ".call.wav", ".trash/call.wav", "call.wav", ".call.flac.partial-00")
    assert names(jobs([tmp_path], raw=False)) == ["call"]


def test_a_folder_inside_a_hidden_one_may_be_named(tmp_path: Path) -> None:
    made(tmp_path, ".spool/calls/a.wav")
    assert names(jobs([tmp_path / ".spool" / "calls"], raw=False)) == ["a"]


def test_a_dot_in_a_name_is_no_suffix(tmp_path: Path) -> None:
    made(tmp_path, "v1.2.wav", "v1.3.wav")
    assert names(jobs([tmp_path], raw=False)) == ["v1.2", "v1.3"]


def test_recordings_that_differ_in_suffix_only_keep_it(tmp_path: Path) -> None:
    made(tmp_path, "a.wav", "a.flac", "b.wav")
    assert names(jobs([tmp_path], raw=False)) == ["a.flac", "a.wav", "b"]


def test_a_name_that_is_another_ones_with_its_suffix_gives_way(tmp_path: Path) -> None:
    made(tmp_path, "a.flac", "a.wav", "a.wav.ogg")
    assert names(jobs([tmp_path], raw=False)) == ["a.flac", "a.wav", "a.wav.ogg"]


def test_the_transcript_of_one_is_not_the_report_of_another(tmp_path: Path) -> None:
    made(tmp_path, "a.wav", "a.transcript.wav")
    assert names(jobs([tmp_path], raw=False)) == ["a.transcript.wav", "a.wav"]


NAME = st.lists(st.sampled_from(["a", "b", "wav", "flac", "transcript"]), min_size=1, max_size=3).map(".".join)
FILES = st.lists(st.tuples(NAME, st.sampled_from([".wav", ".flac", ".ogg"])).map("".join), min_size=1, unique=True)


@given(FILES)
def test_no_two_results_share_a_file(tmp_path_factory: pytest.TempPathFactory, files: list[str]) -> None:
    folder = made(tmp_path_factory.mktemp("in"), *files)
    found = jobs([folder], raw=False)
    assert sorted(job.source.name for job in found) == sorted(files)
    results = Counter(f"{job.name}{suffix}" for job in found for suffix in WRITTEN)
    assert max(results.values()) == 1


def test_two_files_of_one_name_from_two_folders_are_refused(tmp_path: Path) -> None:
    made(tmp_path, "x/call.wav", "y/call.wav")
    with pytest.raises(ConfigError, match="would both become call"):
        jobs([tmp_path / "x/call.wav", tmp_path / "y/call.wav"], raw=False)
    assert names(jobs([tmp_path], raw=False)) == ["x/call", "y/call"]


def test_a_file_named_twice_is_refused(tmp_path: Path) -> None:
    made(tmp_path, "call.wav")
    with pytest.raises(ConfigError, match="would both become"):
        jobs([tmp_path / "call.wav", tmp_path], raw=False)


def test_earlier_results_below_the_folder_are_no_input(tmp_path: Path) -> None:
    made(tmp_path, "a.wav", "redacted/a.flac", "redacted/deep/b.flac", "redacted2/c.wav")
    found = jobs([tmp_path], raw=False, out=tmp_path / "deep" / ".." / "redacted")
    assert names(found) == ["a", "redacted2/c"]
    assert len(jobs([tmp_path], raw=False, out=tmp_path / "elsewhere")) == 4


def test_results_never_go_into_the_input_folder(tmp_path: Path) -> None:
    made(tmp_path, "in/a.wav")
    with pytest.raises(OutputError, match="is the input folder"):
        jobs([tmp_path / "in"], raw=False, out=tmp_path / "in" / "." / ".." / "in")


def test_no_result_takes_the_place_of_an_input_still_to_be_read(tmp_path: Path) -> None:
    made(tmp_path, "x/sub/a.wav", "out/sub/a.flac")
    with pytest.raises(OutputError, match="is one of the inputs"):
        jobs([tmp_path / "x", tmp_path / "out" / "sub"], raw=False, out=tmp_path / "out")


@pytest.mark.parametrize("name", ["..wav", "...wav", ".wav.wav"])
def test_a_name_of_dots_stays_below_the_output_folder(tmp_path: Path, name: str) -> None:
    made(tmp_path, name)
    (job,) = jobs([tmp_path / name], raw=False, out=tmp_path / "out")
    assert job.name.name.strip(".")
    assert (tmp_path / "out" / job.name).resolve().parent == (tmp_path / "out").resolve()


def test_links_to_files_count_links_to_folders_are_an_error(tmp_path: Path) -> None:
    made(tmp_path, "real/a.wav", "in/b.wav")
    (tmp_path / "in" / "link.wav").symlink_to(tmp_path / "real" / "a.wav")
    (tmp_path / "in" / "broken.wav").symlink_to(tmp_path / "nowhere.wav")
    assert names(jobs([tmp_path / "in"], raw=False)) == ["b", "link"]
    (tmp_path / "in" / "loop").symlink_to(tmp_path / "in")
    with pytest.raises(InputError, match="loop: a link to a folder is not followed"):
        jobs([tmp_path / "in"], raw=False)


def test_a_missing_path_stops_all(tmp_path: Path) -> None:
    made(tmp_path, "a.wav")
    with pytest.raises(InputError, match=r"b\.wav: no such file or folder"):
        jobs([tmp_path / "a.wav", tmp_path / "b.wav"], raw=False)


def test_an_empty_folder_says_what_it_lacks(tmp_path: Path) -> None:
    made(tmp_path, "notes.txt")
    with pytest.raises(InputError, match=r"no recordings in this folder; they end in \.flac, \.oga"):
        jobs([tmp_path], raw=False)
    with pytest.raises(InputError, match=r"\.ulaw"):
        jobs([tmp_path], raw=True)


def test_a_wrong_role_is_told_with_the_name_of_what_gave_it() -> None:
    with pytest.raises(ConfigError, match="CALLSHIELD_ROLES: 'boss' is not one of"):
        parse_roles("agent,boss", "CALLSHIELD_ROLES")
