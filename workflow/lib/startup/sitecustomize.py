"""What every process of a run does first: Python imports a file of this name by itself.

Imports and JAX's traces make hundreds of thousands of objects that stay. Looking through them for garbage again and
again took a seventh of the time until a job begins.
"""

import gc

gc.set_threshold(100_000, 50, 50)
