"""Work in processes of their own, forked off a training."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, Final

from rasa.engine.exceptions import GraphComponentException

#: Seconds between two looks whether who waits for the work is still there.
_LOOK: Final = 1.0


def cores() -> int:
    """Returns how many processes are worth having; 1 where forking is not safe."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1


class Apart:
    """Something that is worked out in a process of its own, with what is known at its beginning."""

    def __init__(self, work: Callable[[], Any]) -> None:
        """Begins it. It ends with this process, however that ends."""
        #: Ready once there is something to hear.
        self.outcome, tell = multiprocessing.Pipe(duplex=False)
        self._process = multiprocessing.get_context("fork").Process(
            target=_work, args=(work, tell, os.getpid()), daemon=True
        )
        sys.stdout.flush()
        sys.stderr.flush()
        self._process.start()
        tell.close()

    def result(self) -> Any:
        """Waits for what comes of it, and returns it.

        Raises:
            EOFError: it was ended from outside.
            Exception: it failed with this.
        """
        try:
            failed, what = pickle.loads(self.outcome.recv_bytes())
        finally:
            self._process.join()
            self.outcome.close()
        if failed:
            raise what
        return what


def _work(work: Callable[[], Any], tell: Connection, waiting: int) -> None:
    end_with(waiting)
    try:
        told = pickle.dumps((False, work()), pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        told = written(error)
    tell.send_bytes(told)


def written(error: Exception) -> bytes:
    """Returns an error as bytes that can be read again; of many only the text can be carried."""
    try:
        told = pickle.dumps((True, error))
        pickle.loads(told)
    except Exception:
        told = pickle.dumps((True, GraphComponentException(str(error))))
    return told


def end_with(waiting: int) -> None:
    """Has this process end when its parent, which waits for it, is gone, however it went."""
    threading.Thread(target=_watch, args=(waiting,), daemon=True).start()


def _watch(waiting: int) -> None:
    while os.getppid() == waiting:
        time.sleep(_LOOK)
    os._exit(1)
