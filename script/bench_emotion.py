"""Times the emotion reading against distilroberta-base in transformers on PyTorch, side by side.

Both read one message of 24 word pieces on one thread; ours with tokenizer and all, the baseline
without. Each runs in a process and an environment of its own,
and they take turns, so that whatever else the machine does hits both. The baseline has random weights:
they take as long as trained ones.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
#: What the baseline runs in.
BASELINE_PACKAGES = ("torch==2.14.1", "transformers==4.57.6")
PIECES = 24
#: 22 word pieces to MiniLM's tokenizer, which adds [CLS] and [SEP].
TEXT = "i have been waiting for my parcel for two weeks now and nobody at your company answers my mails, why"
ROUNDS, RUNS = 10, 40


def main() -> int:
    """Runs the comparison, or one side of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", choices=["ours", "baseline", "memory"], help=argparse.SUPPRESS)
    parser.add_argument("--uv", default="uv", help="the uv command")
    arguments = parser.parse_args()
    if arguments.side == "memory":
        print(memory())
        return 0
    if arguments.side:
        return serve(ours() if arguments.side == "ours" else baseline())
    return compare(arguments.uv)


def ours() -> Callable[[], object]:
    """Returns the whole reading: tokenizer, encoder, heads."""
    from exemplar.emotion.base import base_model_folder, load_tokenizer
    from exemplar.emotion.reader import EmotionReader

    pieces = load_tokenizer(base_model_folder()).encode(TEXT).ids
    assert len(pieces) == PIECES, len(pieces)
    reader = EmotionReader()
    return lambda: reader.read(TEXT)


def baseline() -> Callable[[], object]:
    """Returns the forward pass alone of a classifier of distilroberta-base's architecture."""
    import torch
    from transformers import RobertaConfig, RobertaForSequenceClassification

    torch.set_num_threads(1)
    # https://huggingface.co/distilbert/distilroberta-base/blob/main/config.json
    config = RobertaConfig(
        vocab_size=50265,
        hidden_size=768,
        num_hidden_layers=6,
        num_attention_heads=12,
        intermediate_size=3072,
        max_position_embeddings=514,
        type_vocab_size=1,
        num_labels=28,
    )
    model = RobertaForSequenceClassification(config).eval()
    ids = torch.randint(10, 50000, (1, PIECES))
    mask = torch.ones_like(ids)

    def run() -> object:
        with torch.inference_mode():
            return model(input_ids=ids, attention_mask=mask).logits.sigmoid().tolist()

    return run


def memory() -> float:
    """Returns the resident memory that the reading adds to a process with Rasa in it, in MB."""
    import rasa.core.agent
    import rasa.nlu.classifiers.diet_classifier  # noqa: F401

    def resident() -> float:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    before = resident()
    run = ours()
    for _ in range(50):
        run()
    return resident() - before


def serve(run: Callable[[], object]) -> int:
    """Times a round for every line on standard input: prints its median in milliseconds."""
    for _ in range(20):
        run()
    print("ready", flush=True)
    for _ in sys.stdin:
        times = []
        for _ in range(RUNS):
            start = time.perf_counter()
            run()
            times.append((time.perf_counter() - start) * 1000)
        print(statistics.median(times), flush=True)
    return 0


def compare(uv: str) -> int:
    """Lets the two take turns and prints what came of it."""
    from rich.console import Console
    from rich.table import Table

    from exemplar.emotion.record import load_record

    one_thread = {**os.environ, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    script = [str(Path(__file__)), "--side"]
    own = [uv, "run", "--quiet", "--isolated", "--no-project", "--python", sys.executable]
    for package in BASELINE_PACKAGES:
        own += ["--with", package]
    console = Console()
    console.print("Preparing PyTorch in an environment of its own; the first time takes minutes …")
    sides = {
        name: subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=one_thread
        )
        for name, command in {
            "baseline": [*own, "python", *script, "baseline"],
            "ours": [sys.executable, *script, "ours"],
        }.items()
    }
    times: dict[str, list[float]] = {name: [] for name in sides}
    try:
        for name, side in sides.items():
            if side.stdout is None or side.stdout.readline().strip() != "ready":
                print(f"bench-emotion: {name} could not be started.", file=sys.stderr)
                return 1
        for number in range(ROUNDS):
            for name, side in sides.items():
                assert side.stdin is not None
                assert side.stdout is not None
                side.stdin.write("go\n")
                side.stdin.flush()
                times[name].append(float(side.stdout.readline()))
            console.print(f"round {number + 1} of {ROUNDS}", style="dim")
    finally:
        for side in sides.values():
            side.kill()
            side.wait()
    ratios = [b / o for b, o in zip(times["baseline"], times["ours"], strict=True)]
    table = Table(title=f"One message of {PIECES} word pieces, one thread, milliseconds")
    for heading in ("", "median", "lowest", "highest"):
        table.add_column(heading, justify="left" if not heading else "right")
    rows = {
        "distilroberta-base, transformers, PyTorch": times["baseline"],
        "exemplar: tokenizer, encoder, heads": times["ours"],
    }
    for name, values in rows.items():
        table.add_row(name, *(f"{f(values):.2f}" for f in (statistics.median, min, max)))
    table.add_row(
        "times faster", *(f"{f(ratios):.1f}" for f in (statistics.median, min, max)), style="bold"
    )
    console.print(table)
    console.print(f"What int8 costs, on what was left out of training: {load_record().cost}.")
    added = float(subprocess.check_output([sys.executable, *script, "memory"], text=True))
    console.print(f"Resident memory that it adds to Rasa: {added:.0f} MB.")
    results = ROOT / "results"
    results.mkdir(exist_ok=True)
    (results / "bench-emotion.json").write_text(
        json.dumps(
            {"milliseconds": times, "ratio": statistics.median(ratios), "added_mb": added}, indent=2
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
