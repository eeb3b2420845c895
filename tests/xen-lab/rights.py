# SPDX-License-Identifier: GPL-2.0-or-later
"""What a domain may do in xenstore: as root in the qube, every node of dom0's is tried."""
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'scenarios'))
from scenario import Scenario, admin, main, qrexec, world  # noqa: E402

NODE = re.compile(r'^(/\S+) = .*\(([a-z])(\d+)')


def nodes_below(path):
    """{path: domid of its owner} of every node."""
    listed = subprocess.run(['xenstore-ls', '-f', '-p', path], check=True, capture_output=True, text=True).stdout
    return {found[1]: int(found[3]) for found in map(NODE.match, listed.splitlines()) if found}


class Rights(Scenario):
    def test_S_149_aQubeWritesNothingThatIsDom0s(self):
        world.add_qube('fresh', 'purple')
        admin.start('fresh')
        domain = int(admin.get_property('fresh', 'xid'))
        uuid = admin.qubes()['fresh']['uuid']
        own = nodes_below(f'/local/domain/{domain}')
        self.assertEqual(own[f'/local/domain/{domain}/vm-data/bulkhead/name'], 0)
        self.assertEqual(own[f'/local/domain/{domain}/data'], domain)
        closed = [path for path, owner in own.items() if owner != domain]
        closed += list(nodes_below(f'/vm/{uuid}')) + list(nodes_below(f'/libxl/{domain}'))
        closed += ['/local/domain/0/name', '/local/domain/0/data/stolen', '/stolen', '/tool/stolen']
        script = 'while read -r path; do xenstore-write "$path" stolen 2>/dev/null && echo "$path"; done; true'
        self.assertEqual(qrexec.run('fresh', script, stdin='\n'.join(closed) + '\n', user='root'), b'')
        self.assertEqual(qrexec.run('fresh', 'xenstore-read vm-data/bulkhead/name'), b'fresh\n')
        # What it must be able to write it can, or the above shows nothing.
        qrexec.run('fresh', 'xenstore-write data/own yes', user='root')
        world.clear()


if __name__ == '__main__':
    main()
