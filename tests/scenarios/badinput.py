# SPDX-License-Identifier: GPL-2.0-or-later
"""Bad input gets a clear error in words and changes nothing, with the whole system running."""
from scenario import Scenario, admin, main, world


class BadInput(Scenario):
    def everything(self):
        """What the core tells of all qubes; nothing of it may change."""
        return {name: (facts, admin.call('admin.vm.property.GetAll', dest=name)) for name, facts in admin.qubes().items()}

    def assertRefused(self, kind, *call, words=(), **arguments):
        before = self.everything()
        with self.assertRaises(admin.AdminError) as refusal:
            admin.call(*call, **arguments)
        self.assertEqual(refusal.exception.kind, kind)
        for word in words:
            self.assertIn(word, refusal.exception.message)
        self.assertEqual(self.everything(), before)

    def test_S_148_namesThatAreTakenOrCannotBe(self):
        create = f'admin.vm.Create.AppVM+{world.TEMPLATE}'
        self.assertRefused('QubesValueError', create, payload='name=work label=red', words=['work'])
        for name in ('9lives', 'none', 'a-dm', 'x' * 32, 'a/b'):
            self.assertRefused('QubesValueError', create, payload=f'name={name} label=red')

    def test_unknownLabelAndTemplate(self):
        self.assertRefused('QubesLabelNotFoundError', f'admin.vm.Create.AppVM+{world.TEMPLATE}',
                           payload='name=fresh label=mauve', words=['mauve'])
        self.assertRefused('QubesVMNotFoundError', 'admin.vm.Create.AppVM+nowhere', payload='name=fresh label=red',
                           words=['nowhere'])

    def test_S_158_netvmLoops(self):
        self.assertRefused('QubesPropertyValueError', 'admin.vm.property.Set+netvm', dest='sys-net', payload='sys-firewall')
        self.assertRefused('QubesPropertyValueError', 'admin.vm.property.Set+netvm', dest='sys-net', payload='sys-net')

    def test_S_157_removalOfWhatIsInUse(self):
        self.assertRefused('QubesVMInUseError', 'admin.vm.Remove', dest=world.TEMPLATE)
        self.assertRefused('QubesVMInUseError', 'admin.vm.Remove', dest='sys-net')

    def test_startWithNoMemoryLeft(self):
        world.add_qube('huge', 'gray')
        admin.set_property('huge', 'memory', str(1 << 24))  # MiB: no machine has it
        self.assertRefused('QubesMemoryError', 'admin.vm.Start', dest='huge', words=['huge'])
        self.assertEqual(admin.state('huge'), 'Halted')
        admin.remove('huge')


if __name__ == '__main__':
    main()
