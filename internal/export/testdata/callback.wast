error: a .wast cannot say it: A.run does not return in the trace
