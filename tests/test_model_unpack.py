"""No archive can do harm: nothing is written outside, nothing but plain files, nothing without bound."""

from __future__ import annotations

import contextlib
import io
import os
import stat
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.adapters.model_unpack import Limits, unpack
from pipeline.core.errors import ModelError

FILES = {
    "m/am/final.mdl": b"acoustic" * 9000,
    "m/conf/model.conf": b"--beam=10\n",
    "m/graph/Gr.fst": os.urandom(9000),
}


def zip_of(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return out.getvalue()


def tar_of(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as packed:
        for info, content in members:
            info.size = len(content)
            packed.addfile(info, io.BytesIO(content))
    return out.getvalue()


def tar_file(name: str, content: bytes = b"x") -> tuple[tarfile.TarInfo, bytes]:
    return tarfile.TarInfo(name), content


def tar_link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info, b""


def unpack_bytes(content: bytes, tmp_path: Path, limits: Limits | None = None) -> Path:
    archive, into = tmp_path / "a.bin", tmp_path / "jail/into"
    archive.write_bytes(content)
    into.mkdir(parents=True)
    return unpack(archive, into, limits)


def outside_files(tmp_path: Path) -> set[Path]:
    return {p for p in tmp_path.rglob("*") if not p.is_relative_to(tmp_path / "jail/into") and p.name != "a.bin"}


@pytest.mark.parametrize("pack", ["zip", "tar"])
def test_unpack_gives_the_only_top_folder(tmp_path: Path, pack: str) -> None:
    files = [tar_file("./" + name, content) for name, content in FILES.items()]
    root = unpack_bytes(zip_of(FILES) if pack == "zip" else tar_of(*files), tmp_path)
    assert root == tmp_path / "jail/into/m"
    assert {n: (root.parent / n).read_bytes() for n in FILES} == FILES


BAD_NAMES = [
    "../evil",
    "m/../../evil",
    "/tmp/evil",
    "m/..",
    "c:/evil",
    "m\\..\\evil",
    "m//evil",
    "m/\x01",
    "a/" * 40 + "x",
]


@pytest.mark.parametrize("pack", ["zip", "tar"])
@pytest.mark.parametrize("name", BAD_NAMES)
def test_names_that_leave_the_folder_are_refused(tmp_path: Path, name: str, pack: str) -> None:
    content = zip_of({name: b"x"}) if pack == "zip" else tar_of(tar_file(name))
    with pytest.raises(ModelError, match="leaves its folder"):
        unpack_bytes(content, tmp_path)
    assert outside_files(tmp_path) == {tmp_path / "jail"}


@pytest.mark.parametrize(
    "members",
    [
        [tar_link("m/out", "/etc/passwd")],
        [tar_link("m/in", "final.mdl")],
        [tar_link("m", ".."), tar_file("m/evil")],
        [tar_link("m/hard", "../../../secret", tarfile.LNKTYPE)],
        [tar_link("m/pipe", "", tarfile.FIFOTYPE)],
        [tar_link("m/disk", "", tarfile.BLKTYPE)],
    ],
)
def test_tar_links_and_devices_are_refused(tmp_path: Path, members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
    with pytest.raises(ModelError, match="link or device"):
        unpack_bytes(tar_of(*members), tmp_path)
    assert outside_files(tmp_path) == {tmp_path / "jail"}
    assert not any(path.is_symlink() for path in tmp_path.rglob("*"))


def test_zip_links_are_refused(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("m/link")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr(info, "/etc/passwd")
    with pytest.raises(ModelError, match="link or device"):
        unpack_bytes(out.getvalue(), tmp_path)


SMALL = Limits(total_bytes=1 << 20, members=20, ratio=10, ratio_floor_bytes=1 << 16)


@pytest.mark.parametrize("pack", ["zip", "tar"])
@pytest.mark.parametrize(
    ("limits", "size"),
    [(SMALL, 1 << 17), (replace(SMALL, ratio=10**6), (1 << 20) + 1)],
    ids=["ratio", "total"],
)
def test_bombs_stop_at_the_bound(tmp_path: Path, pack: str, limits: Limits, size: int) -> None:
    content = zip_of({"m/z": bytes(size)}) if pack == "zip" else tar_of(tar_file("m/z", bytes(size)))
    with pytest.raises(ModelError, match="unpacks to more than"):
        unpack_bytes(content, tmp_path, limits)
    assert sum(p.stat().st_size for p in tmp_path.rglob("z")) <= limits.allowed_bytes(len(content))


def test_a_zip_that_lies_about_sizes_is_refused(tmp_path: Path) -> None:
    content = bytearray(zip_of({"m/z": bytes(1 << 17)}))
    directory = content.rfind(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = (100).to_bytes(4, "little")  # "100 bytes when unpacked"
    with pytest.raises(ModelError, match=r"damaged|more than"):
        unpack_bytes(bytes(content), tmp_path, SMALL)


def test_a_tar_whose_headers_are_the_bomb_is_refused(tmp_path: Path) -> None:
    info = tarfile.TarInfo("m/z")
    info.pax_headers = {"comment": "c" * (1 << 18)}
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz", format=tarfile.PAX_FORMAT) as packed:
        packed.addfile(info, io.BytesIO())
    with pytest.raises(ModelError, match="unpacks to more than"):
        unpack_bytes(out.getvalue(), tmp_path, SMALL)


@pytest.mark.parametrize("pack", ["zip", "tar"])
def test_too_many_members_are_refused(tmp_path: Path, pack: str) -> None:
    names = [f"m/{n}" for n in range(21)]
    content = zip_of(dict.fromkeys(names, b"")) if pack == "zip" else tar_of(*(tar_file(n) for n in names))
    with pytest.raises(ModelError, match="more than 20 members"):
        unpack_bytes(content, tmp_path, SMALL)


@pytest.mark.parametrize("second", ["m/f", "M/F"])
def test_the_same_file_twice_is_refused(tmp_path: Path, second: str) -> None:
    with pytest.raises(ModelError, match="twice"):
        unpack_bytes(tar_of(tar_file("m/f"), tar_file(second)), tmp_path)


def encrypted(content: bytes) -> bytes:
    patched = bytearray(content)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        patched[patched.find(mark) + offset] |= 1
    return bytes(patched)


GOOD_ZIP, GOOD_TAR = zip_of(FILES), tar_of(*(tar_file(name, content) for name, content in FILES.items()))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "neither"),
        (b"plain text", "neither"),
        (GOOD_ZIP[:-30], "damaged"),
        (GOOD_ZIP[:200] + b"\xff" * 50 + GOOD_ZIP[250:], "damaged"),
        (GOOD_TAR[:-5000], "damaged|cannot unpack"),
        (GOOD_TAR[:5000] + b"\xff" * 50 + GOOD_TAR[5050:], "damaged|cannot unpack"),
        (encrypted(zip_of({"m/f": b"x"})), "encrypted"),
        (tar_of(), "empty"),
        (zip_of({"f": b"x", "f/g": b"x"}), "cannot unpack"),
    ],
    ids=[
        "nothing",
        "text",
        "zip-cut",
        "zip-overwritten",
        "tar-cut",
        "tar-overwritten",
        "encrypted",
        "empty",
        "file-is-folder",
    ],
)
def test_damaged_archives_are_one_line(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(ModelError, match=message) as caught:
        unpack_bytes(content, tmp_path)
    assert "\n" not in str(caught.value)


@given(
    st.lists(
        st.tuples(
            st.text(st.sampled_from("ab./\\:\x00~é"), min_size=1, max_size=12),
            st.sampled_from([tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE]),
            st.sampled_from(["..", "/", "a", "../../b"]),
        ),
        max_size=5,
    )
)
def test_no_archive_writes_outside_its_folder(
    tmp_path_factory: pytest.TempPathFactory, members: list[tuple[str, bytes, str]]
) -> None:
    tmp_path = tmp_path_factory.mktemp("any")
    packed = []
    for name, kind, target in members:
        info, content = tar_link(name, target, kind)
        packed.append((info, b"x" if kind == tarfile.REGTYPE else content))
    with contextlib.suppress(ModelError):  # refusing is fine, writing elsewhere is not
        unpack_bytes(tar_of(*packed), tmp_path)
    assert outside_files(tmp_path) == {tmp_path / "jail"}
    assert all(p.is_file() or p.is_dir() for p in tmp_path.rglob("*") if not p.is_symlink())
    assert not any(p.is_symlink() for p in tmp_path.rglob("*"))
