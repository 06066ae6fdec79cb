"""What every process of a run does first: Python imports a file of this name by itself.

Imports and JAX's traces make hundreds of thousands of objects that stay. Looking through them for garbage again and
again took a seventh of the time until a job begins, and looking once more when it ends a third of a second.

Snakemake names the folders of Python's packages to every script twice more, and JAX, when it is imported, reads what is
installed in each that it finds: another sixth of a second.
"""

import atexit
import gc
import sys


class Folders(list):
    """Folders to import from, each once."""

    def extend(self, more):
        super().extend(folder for folder in dict.fromkeys(more) if folder not in self)


gc.set_threshold(300_000, 50, 50)
atexit.register(gc.freeze)  # the system takes all of it back at once
sys.path = Folders(sys.path)
