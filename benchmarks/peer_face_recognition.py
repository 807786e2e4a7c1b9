"""The pipeline of the package face_recognition, timed; run by faces_per_second.py with the Python of .venv-peers.

Its arguments are photos. It warms up, says "ready", and for each line it reads, a JSON list of start, stop and step, runs
once over those photos and answers with one line of JSON: wall and processor seconds, and the number of faces of each.
"""

import json
import sys
import time

import face_recognition


def run(photos: list[str]) -> dict[str, object]:
    """Once over these photos, as the package's README does it: load, then encode with its default settings."""
    wall, processor = time.perf_counter(), time.process_time()
    faces = [len(face_recognition.face_encodings(face_recognition.load_image_file(photo))) for photo in photos]
    return {"seconds": time.perf_counter() - wall, "cpu_seconds": time.process_time() - processor, "faces": faces}


run(sys.argv[1:4])
print("ready", flush=True)
for line in sys.stdin:
    print(json.dumps(run(sys.argv[1:][slice(*json.loads(line))])), flush=True)
