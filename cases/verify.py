"""Checks the published ledger: one file, plain Python 3.8 or newer, nothing to install and nobody to trust.

    python3 verify.py https://HOST/ledger/           fetch what is new, check all of it, keep it in ./ledger-kept
    python3 verify.py ledger-kept                    check what you kept, without a network
    python3 verify.py ledger-kept --proof FILE       check also the proof of your own case
    python3 verify.py ledger-kept --witness 8009 --key KEY      keep what the service tells (WITNESSES)

Whoever runs this today and again tomorrow proves that nothing was rewritten in between: what was fetched today is
kept, and tomorrow's ledger must go on from it. The service itself reckons with the very same functions.

How it hangs together. Each case is a chain of entries; the digest of the last one, its head, stands for all of them.
A leaf is SHA-256(0x00 + salt + {"entries":…,"head":…}): without the salt nobody learns from it whose case it is. All
leaves stand in one line that only grows, and are the leaves of a Merkle tree as in RFC 6962. Now and then the root of
the tree is anchored: an anchor holds the root, how many leaves are under it, and the digest of the anchor before.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

LEAVES_A_FILE = 1024  # a power of two: a full file is a whole branch of the tree
ANCHORS_A_FILE = 1000
SECONDS = 60  # that a host may take for one file
LONGEST = 50_000_000  # bytes of one file
canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode

# --- The arithmetic: SHA-256 and RFC 6962, section 2.1 ----------------------------------------------------


def leaf_hash(salt: str, entries: int, head: str) -> str:
    said = f'{{"entries":{entries},"head":"{head}"}}'  # as canonical() says it, which would take longer than the rest
    return hashlib.sha256(b"\0" + bytes.fromhex(salt) + said.encode()).hexdigest()


def join(left: str, right: str) -> str:
    return hashlib.sha256(b"\1" + bytes.fromhex(left) + bytes.fromhex(right)).hexdigest()


def root_of(nodes: list) -> str:
    """The root over leaves, or over whole branches of one size of which only the last may be smaller."""
    if not nodes:
        return hashlib.sha256(b"").hexdigest()
    while len(nodes) > 1:
        paired = [join(nodes[i], nodes[i + 1]) for i in range(0, len(nodes) - 1, 2)]
        nodes = paired + nodes[len(nodes) - len(nodes) % 2 :]
    return nodes[0]


def path_to(nodes: list, index: int) -> list:
    """What a node must be joined with, one after the other, to give the root: ["left" or "right", hash] each."""
    path = []
    while len(nodes) > 1:
        beside = index ^ 1
        if beside < len(nodes):
            path.append(["left" if beside < index else "right", nodes[beside]])
        paired = [join(nodes[i], nodes[i + 1]) for i in range(0, len(nodes) - 1, 2)]
        nodes, index = paired + nodes[len(nodes) - len(nodes) % 2 :], index // 2
    return path


def follow(node: str, path: list) -> str:
    for side, beside in path:
        node = join(beside, node) if side == "left" else join(node, beside)
    return node


class Line:
    """The leaves in their line, one after the other; knows the root over all it was told so far."""

    def __init__(self) -> None:
        self.length = 0
        self.branches: list = []  # [how many leaves, hash], the largest first

    def add(self, leaf: str) -> None:
        many, self.length = 1, self.length + 1
        while self.branches and self.branches[-1][0] == many:
            leaf, many = join(self.branches.pop()[1], leaf), many * 2
        self.branches.append([many, leaf])

    def root(self) -> str:
        if not self.branches:
            return root_of([])
        node = self.branches[-1][1]
        for _many, before in reversed(self.branches[:-1]):
            node = join(before, node)
        return node


def anchor_digest(anchor: dict) -> str:
    said = {name: anchor[name] for name in ("number", "at", "leaves", "root", "previous")}
    return hashlib.sha256(canonical(said).encode()).hexdigest()


# --- What is checked --------------------------------------------------------------------------------------


class Mismatch(Exception):
    """What was found, in a sentence."""


def faults_of(anchors: list) -> list:
    """[number, sentence] for each anchor that does not go on from the one before, or is not what its digest says."""
    faults, number, previous, leaves = [], 0, "", 0
    for anchor in anchors:
        if anchor["number"] != number + 1:
            faults.append([anchor["number"], f"After anchor {number} comes anchor {anchor['number']}."])
        elif anchor["previous"] != previous:
            faults.append([anchor["number"], f"Anchor {number + 1} does not go on from anchor {number}."])
        elif anchor["digest"] != anchor_digest(anchor):
            faults.append([anchor["number"], f"Anchor {number + 1} was changed."])
        elif anchor["leaves"] < leaves:
            faults.append([anchor["number"], f"Anchor {number + 1} stands over fewer leaves than anchor {number}."])
        number, previous, leaves = anchor["number"], anchor["digest"], anchor["leaves"]
    return faults


def check_anchors(anchors: list) -> None:
    for _number, sentence in faults_of(anchors):
        raise Mismatch(sentence)


def check_roots(anchors: list, leaves: list) -> None:
    """One line of leaves gives the root of every anchor: so each of them holds all that those before held."""
    line = Line()
    for anchor in anchors:
        if anchor["leaves"] > len(leaves):
            raise Mismatch(f"Leaves are missing: anchor {anchor['number']} stands over {anchor['leaves']} of them.")
        while line.length < anchor["leaves"]:
            line.add(leaves[line.length])
        if line.root() != anchor["root"]:
            raise Mismatch(f"The leaves do not give the root of anchor {anchor['number']}: they were rewritten.")


def check_kept(kept: list, anchors: list) -> None:
    """What was kept yesterday is there today, and the same."""
    if len(anchors) < len(kept):
        raise Mismatch(f"You kept {len(kept)} anchors, and now there are only {len(anchors)}.")
    for i, anchor in enumerate(kept):
        if anchor != anchors[i]:
            raise Mismatch(f"Anchor {anchor['number']} is not the one that you kept. Keep your copy: it is the proof.")


def check_proof(proof: dict, anchors: list) -> str:
    """That a case's entries stand in the anchored tree; a sentence about it."""
    digests, points, last = proof["entries"], proof["anchored"], 0
    if not points:
        raise Mismatch("Nothing of this case is anchored yet. Ask for the proof again later.")
    for point in points:
        if not last < point["entries"] <= len(digests) or digests[point["entries"] - 1] != point["head"]:
            raise Mismatch(f"Entry {point['entries']} is not the one that was anchored.")
        last, leaf = point["entries"], leaf_hash(point["salt"], point["entries"], point["head"])
        if follow(leaf, point["path"]) != proof["anchor"]["root"]:
            raise Mismatch(f"Entry {point['entries']} is not in the tree of anchor {proof['anchor']['number']}.")
    number = proof["anchor"]["number"]
    if not 0 < number <= len(anchors) or anchors[number - 1] != proof["anchor"]:
        raise Mismatch(f"Anchor {number} of the proof is not an anchor of the ledger.")
    waiting = len(digests) - last
    return f"The case's {last} entries are in the ledger and unchanged." + (
        f" {waiting} more wait for the next anchor." if waiting else ""
    )


def check_proofs_agree(before: dict, after: dict) -> None:
    """Two proofs of one case, an earlier and a later one: the later has what the earlier had."""
    if after["entries"][: len(before["entries"])] != before["entries"]:
        raise Mismatch("The later proof does not have the entries of the earlier one.")


# --- Being a witness --------------------------------------------------------------------------------------


def witness(folder: Path, told: list) -> int:
    """Keep the anchors that were told, if they go on from those that were kept. Returns how many are kept."""
    kept = read_anchors(folder)
    begin = told[0]["number"] - 1 if told else len(kept)
    if not 0 <= begin <= len(kept):
        raise Mismatch(f"Anchor {begin + 1} was told, but {len(kept)} are kept: the ones between are missing.")
    check_kept(kept[begin : begin + len(told)], told)
    anchors = kept[:begin] + told + kept[begin + len(told) :]
    check_anchors(anchors)
    folder.mkdir(parents=True, exist_ok=True)
    for number in files_of(len(anchors), ANCHORS_A_FILE):
        some = anchors[number * ANCHORS_A_FILE : (number + 1) * ANCHORS_A_FILE]
        unfinished = folder / f"anchors-{number}.unfinished"
        unfinished.write_text(json.dumps(some))
        unfinished.replace(folder / f"anchors-{number}.json")
    return len(anchors)


class Witness(BaseHTTPRequestHandler):
    """Takes what a service tells, at an address that nobody guesses; 409: it contradicts what is kept."""

    folder = Path()
    key = ""
    timeout = SECONDS

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if self.path != "/" + self.key or not 0 < length < LONGEST:
            return self.answer(404, {"said": "There is nothing here."})
        try:
            kept = witness(self.folder, json.loads(self.rfile.read(length))["anchors"])
        except Mismatch as mismatch:
            return self.answer(409, {"said": str(mismatch)})
        except (ValueError, KeyError, TypeError):
            return self.answer(400, {"said": "This could not be read."})
        return self.answer(200, {"kept": kept})

    def answer(self, status: int, said: dict) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        print(status, said, flush=True)

    def log_message(self, *args: Any) -> None:
        """It is printed above, without the address that nobody guesses."""


def witness_host(folder: Path, port: int, key: str) -> HTTPServer:
    """On this machine alone: put it behind the web server that has the certificate."""
    if len(key) < 16:
        raise Mismatch("The key must have 16 characters or more: whoever knows it can tell the witness something.")
    return HTTPServer(("127.0.0.1", port), type("Bound", (Witness,), {"folder": folder, "key": key}))


# --- Fetching and keeping ---------------------------------------------------------------------------------


def fetch(address: str) -> bytes:
    if not address.startswith(("https://", "http://")):
        raise Mismatch(f"{address} is no address on the web.")
    with urllib.request.build_opener().open(address, timeout=SECONDS) as reply:
        return reply.read(LONGEST)


def files_of(many: int, a_file: int) -> range:
    return range((many + a_file - 1) // a_file)


def read_anchors(folder: Path) -> list:
    files = (folder / f"anchors-{number}.json" for number in range(len(list(folder.glob("anchors-*.json")))))
    return [anchor for file in files for anchor in json.loads(file.read_text())]


def read_leaves(folder: Path, many: int) -> list:
    leaves: list = []
    for number in files_of(many, LEAVES_A_FILE):
        file = folder / f"leaves-{number}.txt"
        leaves += file.read_text().split() if file.exists() else []
    return leaves


def update(address: str, folder: Path) -> None:
    """Fetch what is new. What does not go on from what was kept is not written over it."""
    address = address.rstrip("/") + "/"
    kept = read_anchors(folder)
    many = json.loads(fetch(address + "ledger.json"))["anchors"]
    fetched = [fetch(f"{address}anchors-{number}.json") for number in files_of(many, ANCHORS_A_FILE)]
    anchors = [anchor for file in fetched for anchor in json.loads(file)]
    check_anchors(anchors)
    check_kept(kept, anchors)
    was, now = (some[-1]["leaves"] if some else 0 for some in (kept, anchors))
    leaves = read_leaves(folder, was)[: was - was % LEAVES_A_FILE]  # files that were full are not asked for again
    new_files = files_of(now, LEAVES_A_FILE)[len(leaves) // LEAVES_A_FILE :]
    new = {number: fetch(f"{address}leaves-{number}.txt") for number in new_files}
    for file in new.values():
        leaves += file.decode().split()
    check_roots(anchors, leaves)
    folder.mkdir(parents=True, exist_ok=True)
    for number, file in new.items():
        (folder / f"leaves-{number}.txt").write_bytes(file)
    for number, file in enumerate(fetched):
        (folder / f"anchors-{number}.json").write_bytes(file)


def check(folder: Path) -> list:
    anchors = read_anchors(folder)
    check_anchors(anchors)
    check_roots(anchors, read_leaves(folder, anchors[-1]["leaves"] if anchors else 0))
    return anchors


def work(wanted: Any) -> list:
    """What was found in order, in sentences."""
    folder, said = Path(wanted.ledger), []
    if wanted.witness:
        witness_host(folder, wanted.witness, wanted.key).serve_forever()
    if "://" in wanted.ledger:
        folder = Path(wanted.keep)
        before = len(read_anchors(folder))
        update(wanted.ledger, folder)
        said = [f"The ledger goes on from the {before} anchors that you kept."] if before else []
    anchors = check(folder)
    if not anchors:
        return [*said, "There is no anchor yet."]
    last = anchors[-1]
    said.append(f"{len(anchors)} anchors over {last['leaves']} leaves are in order, up to {last['at']}.")
    said.append(f"Root: {last['root']}")
    proofs = [json.loads(Path(name).read_text()) for name in wanted.proof]
    said += [check_proof(proof, anchors) for proof in proofs]
    for i in range(len(proofs) - 1):
        check_proofs_agree(proofs[i], proofs[i + 1])
    return said


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ledger", help="the address of the ledger, or the folder in which you kept it")
    parser.add_argument("--keep", default="ledger-kept", help="the folder in which to keep it (ledger-kept)")
    parser.add_argument("--witness", type=int, metavar="PORT", help="keep what a service tells, in the folder")
    parser.add_argument("--key", default="", help="for --witness: it takes what is sent to http://127.0.0.1:PORT/KEY")
    parser.add_argument("--proof", action="append", default=[], help="the proof of your case; again: a later one")
    try:
        print("\n".join(work(parser.parse_args())))
    except Mismatch as mismatch:
        print(f"NOT IN ORDER. {mismatch}")
        return 1
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"This could not be read: {error!r}")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
