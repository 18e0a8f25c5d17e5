"""Marks that cannot be forged: tests run in one kernel, the judge, and the student's code in another.

The two are joined by a pair of sockets. A test cell that reads a name of the student's finds a stand-in for a function
or class, and plain values for everything else: calling a stand-in sends its arguments to the student's kernel, and what
comes back is data. So a submission cannot read a test, change what a test compares with, or compare for it.

`names`    what a cell reads and defines
`wire`     values as bytes, without pickle
`models`   Keras models as configuration and weights
`channel`  messages over a socket
`agent`    the student's side: looks up names, calls functions
`standins` the judge's side: stand-ins, and questions whose honest answer is known
"""

IN_YOUR_CODE = "In your code:"
"""Opens the lines of a test's error that tell where in the student's cells it came from."""

RAISED_AT = "Raised by your code, for line"
"""Opens the line that tells which line of a test called what raised; only a student's error has it."""

RESERVED = frozenset({"TimedOut", "KernelDied", "NotRun", "OutOfMemory", "TooMuchOutput"})
RESERVED |= {"CheckFailed", "NotSent", "GoneError", "ChannelError", "Raised"}
"""Names of errors that mean something to the grader: a student's exception of such a name gets another."""
