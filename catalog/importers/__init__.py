"""Reading and loading releases. The datasets we know, by name."""

from catalog.importers import hcpcs

DATASETS = {"hcpcs": hcpcs}
