"""Reading and loading releases. The datasets we know, by name."""

from catalog.importers import addon, hcpcs, mue, ptp

DATASETS = {"hcpcs": hcpcs, "ptp": ptp, "mue": mue, "addon": addon}
