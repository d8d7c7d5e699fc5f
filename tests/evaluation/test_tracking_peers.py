"""Ours always, and the peers that are installed: two cars that drive side by side must keep two identities."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

import pytest
from builders import SECOND, detections

from traffic.evaluation.tracking_peers import PEERS, Peer, installed_peers, our_tracker

FPS = 25.0


def installed(peer: Peer) -> bool:
    try:
        version(peer.package)
    except PackageNotFoundError:
        return False
    return True


def drive(begin, frames=40):
    """The left edges of the boxes that each identity was told with."""
    update, told = begin(FPS), {}
    for index in range(frames):
        x = 10.0 + 4 * index
        seen = detections((x, 50, x + 60, 100, 0.9, 0), (x, 250, x + 60, 300, 0.9, 0))
        ids, boxes = update(seen, round(index * SECOND / FPS))
        for track_id, box in zip(ids.tolist(), boxes.tolist(), strict=True):
            told.setdefault(track_id, []).append(box[1])
    return told


def test_ours_keeps_two_identities():
    told = drive(our_tracker())
    assert sorted(round(tops[0]) for tops in told.values()) == [50, 250]
    assert all(max(tops) - min(tops) < 5 for tops in told.values())


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
def test_a_peer_keeps_two_identities(peer: Peer):
    if not installed(peer):
        pytest.skip(f"pip install {peer.package}")
    told = drive(peer.begin)
    assert sorted(round(tops[0], -1) for tops in told.values()) == [50, 250]


def test_what_is_not_installed_is_named_with_its_remedy():
    found, missing = installed_peers()
    assert len(found) + len(missing) == len(PEERS)
    there = {peer.name for peer in PEERS if installed(peer)}
    assert {name.rsplit(" ", 1)[0] for name in found} == there
    assert all("pip install" in line for line in missing)
