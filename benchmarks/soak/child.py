"""``python -m benchmarks.soak.child MODULE …``: a process of the long run that needs Django."""

import sys
from importlib import import_module

import django

if __name__ == "__main__":
    django.setup()
    module, *arguments = sys.argv[1:]
    import_module(f"benchmarks.soak.{module}").main(*arguments)
