"""The sandbox LMS of `make demo` and of the tests, and the demo itself."""
