# SPDX-License-Identifier: GPL-2.0-or-later
"""What a qube says of itself goes from its database through a call into dom0 to the features that dom0 keeps."""
from scenario import Scenario, admin, main, qrexec, world


def feature(qube, name):
    try:
        return admin.call(f'admin.vm.feature.Get+{name}', dest=qube).decode()
    except admin.AdminError as error:
        assert error.kind == 'QubesFeatureNotFoundError', error
        return None


def say(qube, **keys):
    """Writes keys of the request, as the qube's agents do."""
    for name, value in keys.items():
        qrexec.run(qube, f"qubesdb-write /features-request/{name.replace('_', '-')} '{value}'")


def call(qube, service='qubes.FeaturesRequest'):
    """What dom0 answers to the qube."""
    return qrexec.run(qube, f'qrexec-client-vm dom0 {service}', check=False)


class Announcements(Scenario):
    QUBES = ('work',)

    def tearDown(self):
        qrexec.run('work', 'qubesdb-rm /features-request/ /qubes-tools/; true', check=False)
        super().tearDown()

    def test_aQubeWithATemplateTellsItsServicesAlone(self):
        qrexec.run('work', 'qubesdb-write /features-request/supported-rpc.test.Service 1')
        say('work', os='Linux', qubes_firewall='1')
        self.assertEqual(call('work'), b'0\0')
        self.assertEqual(feature('work', 'supported-rpc.test.Service'), '1')
        self.assertIsNone(feature('work', 'os'))
        self.assertIsNone(feature(world.TEMPLATE, 'supported-rpc.test.Service'))

    def test_S_176_oneBadValueSpoilsAll(self):
        qrexec.run('work', 'qubesdb-write /features-request/supported-rpc.test.Other 1')
        say('work', os_distribution='deb;ian')
        self.assertEqual(call('work'), b'')
        self.assertIsNone(feature('work', 'supported-rpc.test.Other'))

    def test_aTemplateTellsWhatItIs(self):
        admin.start(world.TEMPLATE)
        self.addCleanup(admin.kill, world.TEMPLATE)
        say(world.TEMPLATE, os='Linux', os_distribution='debian', os_version='13', qrexec='0', unheard='1')
        self.assertEqual(call(world.TEMPLATE), b'0\0')
        self.assertEqual(feature(world.TEMPLATE, 'os'), 'Linux')
        self.assertEqual(feature(world.TEMPLATE, 'os-version'), '13')
        self.assertIsNone(feature(world.TEMPLATE, 'unheard'))
        self.assertNotEqual(feature(world.TEMPLATE, 'qrexec'), '')  # what was known stays

    def test_toolsAreARequest(self):
        qrexec.run('work', 'qubesdb-write /qubes-tools/os Linux && qubesdb-write /qubes-tools/qrexec 1')
        self.assertEqual(call('work', 'qubes.NotifyTools'), b'0\0')
        self.assertIsNone(feature('work', 'os'))  # its template's to say


if __name__ == '__main__':
    main()
