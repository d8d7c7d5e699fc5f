"""Compiles the kernels for every device that they are meant for, and prints what each kernel takes there.

    python cuda_kernels/check.py [--out REPORT.md]

Needs no device. A compiler that is missing, or that does not know the device, is told in the report, with the command
that gets the right one; a source that does not compile, or a kernel that spills registers, makes the check fail.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
TOOLCHAINS = HERE.parent / "data" / "toolchains"
KERNELS = sorted((HERE / "kernels").glob("*.cu"))
FLAGS = ["-std=c++14", "-O3", "-fmad=false", "-res-usage", "-Xcompiler", "-fPIC", "-c"]
CROSS_COMPILER = "aarch64-linux-gnu-g++"
UNKNOWN_DEVICE = "Unsupported gpu architecture"
"""What nvcc says where the device is newer, or older, than it knows."""


@dataclass(frozen=True)
class Target:
    """One compiler and the device that it compiles for.

    Attributes:
        name: as the report shows it.
        nvcc: the compiler, or the name to look for in PATH.
        sm: the device's compute capability, 72 for 7.2.
        host: the C++ compiler of the host code; empty for nvcc's own choice.
        remedy: what gets the compiler.
    """

    name: str
    nvcc: str
    sm: int
    host: str = ""
    remedy: str = "cuda_kernels/toolchains.sh cuda-13.0"


@dataclass(frozen=True)
class Usage:
    """What a kernel takes: registers a thread, bytes of shared memory a block, bytes spilled a thread."""

    registers: int
    shared: int
    spilled: int


@dataclass(frozen=True)
class Outcome:
    """One target's result: kernels by name, and what went wrong or was missing, if anything."""

    target: Target
    usages: dict[str, Usage] = field(default_factory=dict)
    missing: str = ""
    failure: str = ""


OLD_NVCC = str(TOOLCHAINS / "cuda-11.8" / "bin" / "nvcc")
NEW_NVCC = shutil.which("nvcc") or str(TOOLCHAINS / "cuda-13.0" / "bin" / "nvcc")
CROSS_REMEDY = "apt-get install g++-aarch64-linux-gnu"
TARGETS = [
    Target("sm_72", OLD_NVCC, 72, remedy="cuda_kernels/toolchains.sh cuda-11.8"),
    Target("sm_72 aarch64", OLD_NVCC, 72, CROSS_COMPILER, "cuda_kernels/toolchains.sh cuda-11.8; " + CROSS_REMEDY),
    Target("sm_87", NEW_NVCC, 87),
    Target("sm_87 aarch64", NEW_NVCC, 87, CROSS_COMPILER, "cuda_kernels/toolchains.sh cuda-13.0; " + CROSS_REMEDY),
    Target("sm_90", NEW_NVCC, 90),
]


def check_target(target: Target, sources: Sequence[Path] = KERNELS) -> Outcome:
    """Compile every source for one target."""
    nvcc = shutil.which(target.nvcc)
    if nvcc is None or (target.host and shutil.which(target.host) is None):
        return Outcome(target, missing=f"not compiled: no compiler here ({target.remedy})")
    usages: dict[str, Usage] = {}
    for source in sources:
        done = _compile(nvcc, target, source)
        if UNKNOWN_DEVICE in done.stderr:
            return Outcome(target, missing=f"not compiled: {nvcc} does not know sm_{target.sm} ({target.remedy})")
        if done.returncode != 0:
            return Outcome(target, usages, failure=f"{source.name}:\n{done.stdout}{done.stderr}")
        usages |= dict(read_usages(done.stdout + done.stderr))
    spilling = [name for name, usage in usages.items() if usage.spilled]
    return Outcome(target, usages, failure=f"registers are spilled by {', '.join(spilling)}" if spilling else "")


def _compile(nvcc: str, target: Target, source: Path) -> subprocess.CompletedProcess[str]:
    command = [nvcc, *FLAGS, "-gencode", f"arch=compute_{target.sm},code=sm_{target.sm}", str(source)]
    if Path(nvcc).parts[-3:-2] == ("cuda-11.8",):
        command.append("-allow-unsupported-compiler")  # it predates the g++ of today
    if target.host:  # nvcc looks for another machine's headers beside its own; they are the same
        command += ["-ccbin", target.host, *(f"-I{folder}" for folder in _header_folders(nvcc))]
    with tempfile.TemporaryDirectory() as folder:
        return subprocess.run([*command, "-o", f"{folder}/object.o"], capture_output=True, text=True, check=False)


def _header_folders(nvcc: str) -> list[Path]:
    folders = [Path(nvcc).resolve().parents[1] / "include", Path("/usr/local/cuda/include")]
    return [folder for folder in folders if (folder / "cuda_runtime.h").is_file()][:1]


def read_usages(report: str) -> Iterator[tuple[str, Usage]]:
    """Kernels and what they take, from what ptxas prints with -res-usage."""
    blocks = re.split(r"Compiling entry function '", report)[1:]
    names = _demangled([block.split("'", 1)[0] for block in blocks])
    for name, block in zip(names, blocks, strict=True):
        registers = _number(r"Used (\d+) registers", block)
        spilled = _number(r"(\d+) bytes spill stores", block)
        yield name, Usage(registers, _number(r"(\d+) bytes smem", block), spilled)


def _number(pattern: str, text: str) -> int:
    found = re.search(pattern, text)
    return int(found.group(1)) if found else 0


def _demangled(names: Sequence[str]) -> list[str]:
    if not names or shutil.which("c++filt") is None:
        return list(names)
    done = subprocess.run(["c++filt", *names], capture_output=True, text=True, check=True)
    return [_short(line) for line in done.stdout.splitlines()]


def _short(signature: str) -> str:
    """`void traffic::(anonymous namespace)::mish_packs<float>(uint4 const*, ...)` as `mish_packs<float>`."""
    name = re.sub(r"^void ", "", re.sub(r"traffic::|\(anonymous namespace\)::|_GLOBAL__N_\w+::", "", signature))
    return name.split("(", 1)[0]


def report(outcomes: Sequence[Outcome]) -> str:
    """The results as a markdown table, and below it what was not compiled or failed."""
    done = [outcome for outcome in outcomes if outcome.usages]
    names = sorted({name for outcome in done for name in outcome.usages})
    lines = [
        "Registers a thread / bytes of shared memory a block.",
        "",
        "| kernel | " + " | ".join(outcome.target.name for outcome in done) + " |",
        "|---" * (len(done) + 1) + "|",
    ]
    lines += [f"| {name} | " + " | ".join(_cell(outcome.usages.get(name)) for outcome in done) + " |" for name in names]
    lines += [""] + [f"{outcome.target.name}: {_verdict(outcome)}" for outcome in outcomes]
    return "\n".join(lines) + "\n"


def _cell(usage: Usage | None) -> str:
    return "" if usage is None else f"{usage.registers} / {usage.shared}"


def _verdict(outcome: Outcome) -> str:
    return outcome.failure or outcome.missing or f"compiled, {len(outcome.usages)} kernels, nothing spilled"


def main() -> int:
    """Check every target; 1 if any failed."""
    parser = argparse.ArgumentParser(description="compile the kernels for every device that they are meant for")
    parser.add_argument("--out", type=Path, help="write the report to this file as well")
    arguments = parser.parse_args()
    outcomes = [check_target(target) for target in TARGETS]
    text = report(outcomes)
    sys.stdout.write(text)
    if arguments.out is not None:
        arguments.out.write_text(text)
    return int(any(outcome.failure for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
