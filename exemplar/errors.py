"""The one kind of error that people are meant to read."""


class ExemplarError(Exception):
    """Something the person at the keyboard can mend.

    The message is one line that says what is wrong and what to do; the command line prints it
    without a traceback.
    """
