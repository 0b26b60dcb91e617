import type { NetboxVersion } from '../../fakes/netbox/versions';
import { createNetboxSite } from '../../helpers/netbox-site';

test.each<NetboxVersion>(['3.5', '4.0', '4.3', '4.7'])(
  'a router follows its device in NetBox %s from birth to deletion',
  async (version) => {
    const site = await createNetboxSite({ devices: 0, version, policy: { guard: { share: 10 } } });
    try {
      const { state } = site.fake;
      const role = (slug: string) => (version === '3.5' ? { device_role: slug } : { role: slug });
      const related = { platform: 'juniper-junos', site: 1, device_type: 1, status: 'active' };
      const { id } = state.createDevice({ name: 'r1', ...related, ...role('router') });
      await site.settled();
      expect(await site.routers()).toMatchObject([{ name: 'r1', status: 'enabled', state: 'in_sync' }]);
      state.updateDevice(id, role('server'));
      await site.settled();
      expect(await site.routers()).toMatchObject([{ status: 'disabled', state: 'out_of_scope' }]);
      state.updateDevice(id, { name: 'r2', ...role('firewall') });
      await site.settled();
      expect(await site.routers()).toMatchObject([{ name: 'r2', status: 'enabled', state: 'in_sync' }]);
      state.deleteDevice(id);
      await site.settled();
      expect(await site.routers()).toMatchObject([{ name: 'r2', status: 'disabled', state: 'deleted' }]);
      expect((await site.audit()).map(({ action, username }) => [action, username])).toEqual([
        ...['created', 'disabled', 'updated', 'deleted'].map((action) => [action, 'admin']),
      ]);
    } finally {
      await site.close();
    }
  },
);
