"""Workers that claim the letters of one ledger at once, as processes of their own, and write down what each has got."""

import subprocess
import sys
from collections import Counter

from ledgers import Ledger

CLAIM = """
import sys
from neuronwise.site import opening
opening.open_site()
from neuronwise.site.delivering import Worker
from neuronwise.site.outbox import SENT

class Notes:
    batch, leaves_doubt = int(sys.argv[1]), False

    def post(self, worker, postings):
        for posting in postings:
            print(posting.key)
        return ((posting.key, SENT) for posting in postings)

    def settle(self, *_):
        pass

    sweep = close = settle

worker = Worker(Notes())
print("ready", flush=True)
sys.stdin.readline()
while worker.batch():
    pass
worker.end()
"""
AGAIN = """
from neuronwise.site import opening
opening.open_site()
from django.utils import timezone
from neuronwise.site.ledger import Delivery
Delivery.objects.update(state="queued", worker="", tries=0, next_try=timezone.now())
"""


def claimed(ledger: Ledger, batch: int, workers: int = 4) -> Counter[str]:
    """How often each letter was claimed, by workers that all begin at the same moment."""
    command, pipe = [sys.executable, "-c", CLAIM, str(batch)], subprocess.PIPE
    running = [
        subprocess.Popen(command, env=ledger.environment, stdin=pipe, stdout=pipe, text=True) for _ in range(workers)
    ]
    for each in running:
        assert each.stdout
        assert each.stdout.readline() == "ready\n"
    for each in running:
        assert each.stdin
        each.stdin.write("\n")
        each.stdin.flush()
    counts = Counter[str]()
    for each in running:
        said, _ = each.communicate()
        assert each.returncode == 0
        counts.update(said.split())
    return counts
