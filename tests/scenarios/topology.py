# SPDX-License-Identifier: GPL-2.0-or-later
"""The network re-plugged in the manager's picture by a real pointer, and real packets that go where the picture says."""
import subprocess

from picture import OUTSIDE, Chain, mouse
from scenario import admin, main, qrexec, screen, wait


class Topology(Chain):
    def plug(self, name):
        """The middle of a link, as it tells a screen reader."""
        x, y, width, height = self.node(name).children()[0].extents()
        return str(x + width // 2), str(y + height // 2)

    def listed(self, name):
        """What the list says of a qube, cell by cell; the picture shows again afterwards."""
        self.screen.activate_window(self.window, 'the manager')
        screen.key('ctrl+1')
        cells = [cell.name for cell in wait.until(lambda: self.findPart('Qubes'), 'the list shows').children()]
        screen.key('ctrl+3')
        wait.until(lambda: self.picture.shows(), 'the picture shows')
        return cells[cells.index(name):][:6]

    @staticmethod
    def fetches(qube):
        fetch = f"timeout 5 bash -c 'exec 3<>/dev/tcp/{OUTSIDE}/80; printf \"GET / HTTP/1.0\\r\\n\\r\\n\" >&3; cat <&3'"
        return b'<h1>Outside</h1>' in qrexec.run(qube, fetch + '; true')

    def test_ui_055_aChainBuiltByGestures_carriesThePacketsAndNothingElse(self):
        self.shot('before')
        self.connect('sys-whonix', 'sys-proxyvm')
        self.connect('anon-whonix', 'sys-whonix')
        chain = ('sys-whonix', 'sys-proxyvm', 'sys-firewall', 'sys-net')
        self.wait_goes('anon-whonix', *chain)
        self.assertTrue(self.goes('anon-whonix', *chain, count=10))
        self.shot('chain')
        # Not past it: the neighbour that the packets went through before does not answer the qube any more.
        route = qrexec.run('anon-whonix', 'ip -4 route').decode()
        self.assertIn(f'default via {admin.get_property("sys-whonix", "ip")} ', route)

        # Cut in the middle, on empty ground: not one packet of the client passes the cut.
        x, y = self.middle('sys-proxyvm')
        self.carry(self.handle('sys-proxyvm'), (x + 80, y + 260))
        self.shot('cutting')
        mouse('mouseup', '1')
        self.apply('sys-proxyvm Offline')
        wait.until(lambda: admin.get_property('sys-proxyvm', 'netvm') == '', 'sys-proxyvm is offline')
        answered, seen = self.probe('anon-whonix', 10)
        self.assertFalse(answered)
        self.assertEqual((seen['sys-firewall'], seen['sys-net']), (0, 0))
        wait.until(lambda: 'sys-proxyvm' in self.node('anon-whonix').description, 'the picture says what is in the way')
        self.shot('cut')

        # Back by one key.
        self.screen.activate_window(self.window, 'the manager')
        screen.key('ctrl+z')
        wait.until(lambda: admin.get_property('sys-proxyvm', 'netvm') == 'sys-firewall', 'Undo plugs it in again')
        self.wait_goes('anon-whonix', *chain)
        screen.key('ctrl+z')
        wait.until(lambda: admin.get_property('anon-whonix', 'netvm') == 'sys-firewall', 'Undo restores the path before')
        self.wait_goes('anon-whonix', 'sys-firewall', 'sys-net')

    def test_ui_059_aNetQubeDroppedOntoALink_standsInBetween(self):
        self.carry(self.middle('sys-proxyvm'), self.on_link('anon-whonix'))
        self.rest(self.on_link('anon-whonix'))
        self.shot('insert')
        mouse('mouseup', '1')
        self.apply('insert')
        wait.until(lambda: admin.get_property('anon-whonix', 'netvm') == 'sys-proxyvm', 'it stands in between')
        self.wait_goes('anon-whonix', 'sys-proxyvm', 'sys-firewall', 'sys-net')
        self.screen.activate_window(self.window, 'the manager')
        screen.key('ctrl+z')
        wait.until(lambda: admin.get_property('anon-whonix', 'netvm') == 'sys-firewall', 'Undo takes it out again')

    def test_ui_060_aHaltedNetQube_isStartedWhereThePersonAppliesIt(self):
        admin.shutdown('sys-proxyvm')
        wait.until(lambda: 'halted' in self.node('sys-proxyvm').description, 'the picture shows that it is off')
        self.carry(self.handle('anon-whonix'), self.middle('sys-proxyvm'))
        self.rest(self.middle('sys-proxyvm'))
        self.shot('halted')
        mouse('mouseup', '1')
        dialog, words = self.preview('anon-whonix to a halted net qube')
        self.assertIn('sys-proxyvm will be started.', words)
        self.answer(dialog, 'Cancel')
        self.assertEqual(admin.state('sys-proxyvm'), 'Halted')
        self.assertEqual(admin.get_property('anon-whonix', 'netvm'), 'sys-firewall')
        self.assertTrue(self.goes('anon-whonix', 'sys-firewall', 'sys-net'))

        self.connect('anon-whonix', 'sys-proxyvm')
        self.assertEqual(admin.state('sys-proxyvm'), 'Running')
        self.count('sys-proxyvm')
        self.wait_goes('anon-whonix', 'sys-proxyvm', 'sys-firewall', 'sys-net')

    def test_offlineAndBack_keepNetQubeAndFirewall(self):
        """By the plug of the link; the list says the same as the picture."""
        web = f'action=accept dst4={OUTSIDE} proto=tcp dstports=80\n'
        admin.call('admin.vm.firewall.Set', dest='anon-whonix', payload=web)
        self.addCleanup(admin.call, 'admin.vm.firewall.Set', dest='anon-whonix', payload='action=accept\n')
        wait.until(lambda: not self.probe('anon-whonix', 1)[0], 'the rules hold')
        rules = admin.call('admin.vm.firewall.Get', dest='anon-whonix')
        plug = self.plug('anon-whonix')
        mouse('mousemove', *plug, 'click', '1')
        self.apply('anon-whonix offline')
        wait.until(lambda: admin.get_property('anon-whonix', 'netvm') == '', 'it is offline')
        wait.until(lambda: 'offline, remembers sys-firewall' in self.node('anon-whonix').description,
                   'the picture says so')
        self.shot('offline')
        wait.until(lambda: 'none' in self.listed('anon-whonix'), 'the list says so')
        self.assertFalse(self.fetches('anon-whonix'))

        mouse('mousemove', *plug, 'click', '1')
        self.apply('anon-whonix back')
        wait.until(lambda: admin.get_property('anon-whonix', 'netvm') == 'sys-firewall', 'it has its net qube again')
        wait.until(lambda: 'through sys-firewall' in self.node('anon-whonix').description, 'the picture says so')
        self.assertIn('sys-firewall', self.listed('anon-whonix'))
        self.assertEqual(admin.call('admin.vm.firewall.Get', dest='anon-whonix'), rules)
        wait.until(lambda: self.fetches('anon-whonix'), 'what its rules allow passes')
        self.assertFalse(self.probe('anon-whonix', 1)[0], 'and nothing else')

    def test_aChangeFromElsewhereDuringADrag_isToldAndThePictureIsTheTruth(self):
        self.carry(self.handle('anon-whonix'), self.middle('sys-whonix'))
        subprocess.run(['qvm-prefs', 'anon-whonix', 'netvm', 'sys-proxyvm'], check=True)
        self.wait_told('anon-whonix goes through sys-proxyvm now: somebody else changed it. You changed nothing.')
        self.shot('changed-elsewhere')
        mouse('mouseup', '1')
        wait.until(lambda: 'through sys-proxyvm' in self.node('anon-whonix').description, 'the picture shows it')
        self.assertEqual(admin.get_property('anon-whonix', 'netvm'), 'sys-proxyvm')
        self.assertIsNone(self.dialog())

    def test_anImpossibleTarget_saysWhyAndDoesNothing(self):
        self.connect('sys-whonix', 'sys-proxyvm')
        self.carry(self.handle('sys-proxyvm'), self.middle('sys-whonix'))
        self.shot('loop')
        mouse('mouseup', '1')
        self.assertIsNone(self.dialog())
        self.assertEqual(admin.get_property('sys-proxyvm', 'netvm'), 'sys-firewall')

    def test_aNetQubeThatStops_isToldInThePicture(self):
        self.connect('anon-whonix', 'sys-whonix')
        admin.kill('sys-whonix')
        try:
            wait.until(lambda: 'sys-whonix does not run' in self.node('anon-whonix').description, 'the client says so')
            self.shot('stopped')
            self.assertFalse(self.probe('anon-whonix', 3)[0])
        finally:
            admin.start('sys-whonix')
            self.count('sys-whonix')


if __name__ == '__main__':
    main()
