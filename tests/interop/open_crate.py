"""Open an exported result with rocrate, and say as JSON what it finds; run by the Python of locks/interop.txt."""

import json
import sys

from rocrate.rocrate import ROCrate

crate = ROCrate(sys.argv[1])
(action,) = (entity for entity in crate.get_entities() if entity.type == "CreateAction")
files = [entity for entity in crate.data_entities if entity.type == "File"]
print(
    json.dumps(
        {
            "name": crate.name,
            "profile": crate.root_dataset["conformsTo"].id,
            "instrument": action["instrument"]["name"],
            "inputs": sorted(entity.id for entity in action["object"]),
            "outputs": sorted(entity.id for entity in action["result"]),
            "files": sorted(entity.id for entity in files),
            "mentioned": crate.root_dataset["mentions"].id == action.id,
        }
    )
)
