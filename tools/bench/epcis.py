# Hashes the events of a file with the reference implementation, for `make bench`.
import json
import sys
import time

from epcis_event_hash_generator import hash_generator, json_to_py

started = time.perf_counter()
with open(sys.argv[1], encoding="utf-8") as file:
    events = json_to_py.event_list_from_epcis_document_str(file.read())
hashes = hash_generator.epcis_hashes_from_events(events)
print(json.dumps({"seconds": time.perf_counter() - started, "hashes": hashes}))
